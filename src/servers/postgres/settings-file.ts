import { join } from 'node:path'
import { writeOwnFile } from '../../primitives/own-files.js'
import type { ProcessUser } from '../../primitives/supervised-process.js'
import type { Settings } from './settings.js'

/** In the cluster's directory, included at the end of its postgresql.conf. */
export const SETTINGS_FILE = 'hotbed.conf'

/** Writes the settings of this start. `layers`: the later is stronger. A running server must be told to read it again. */
export function writeSettingsFile(dataDirectory: string, layers: readonly Settings[], user: ProcessUser | undefined): void {
  const lines = [...mergeSettings(layers)].map(([name, value]) => `${name} = ${quoteValue(value)}\n`)
  writeOwnFile(join(dataDirectory, SETTINGS_FILE), lines.join(''), user)
}

/** Each setting as text, by its name in small letters. `layers`: the later is stronger. */
export function mergeSettings(layers: readonly Settings[]): ReadonlyMap<string, string> {
  return new Map(layers.flatMap((layer) => Object.entries(layer).map(([name, value]) => [name.toLowerCase(), settingText(value)] as const)))
}

/** A setting's value as text, as the server reads it. */
export function settingText(value: string | number | boolean): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off'
  return String(value)
}

function quoteValue(value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "''").replaceAll('\n', '\\n')}'`
}
