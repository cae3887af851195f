import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Settings } from './settings.js'

/** In the cluster's directory, included at the end of its postgresql.conf. */
export const SETTINGS_FILE = 'hotbed.conf'

/** Writes the settings of this start. `layers`: the later is stronger. A running server must be told to read it again. */
export async function writeSettingsFile(dataDirectory: string, layers: readonly Settings[]): Promise<void> {
  const merged = new Map<string, string>()
  for (const layer of layers) {
    for (const [name, value] of Object.entries(layer)) merged.set(name.toLowerCase(), quoteValue(value))
  }
  await writeFile(join(dataDirectory, SETTINGS_FILE), [...merged].map(([name, value]) => `${name} = ${value}\n`).join(''))
}

/** A setting's value as text, as the server reads it. */
export function settingText(value: string | number | boolean): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off'
  return String(value)
}

function quoteValue(value: string | number | boolean): string {
  return `'${settingText(value).replaceAll('\\', '\\\\').replaceAll("'", "''").replaceAll('\n', '\\n')}'`
}
