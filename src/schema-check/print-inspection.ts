import { plural } from '../primitives/plural.js'
import type { SchemaFinding, SchemaInspection } from './schema-inspection.js'

/** All findings with their remedies, and what could not be judged. */
export function printInspection({ findings, tables, notes }: Pick<SchemaInspection, 'findings' | 'tables' | 'notes'>): string {
  const head = `${plural(findings.length, 'finding')} in ${plural(tables.length, 'table')}`
  return [head, ...findings.flatMap(findingLines), ...notes.map((note) => `  (${note})`)].join('\n')
}

/** One finding in two lines: what, and what to do. */
export function findingLines({ id, text, remedy }: SchemaFinding): readonly string[] {
  return [`  ${id}  ${text}`, `      → ${remedy}`]
}

/** `12 kB`, `38.9 MB`, `1.2 GB`, in powers of 1024. */
export function printBytes(bytes: number): string {
  if (bytes < 1_048_576) return `${Math.ceil(bytes / 1024)} kB`
  return bytes < 1_073_741_824 ? `${(bytes / 1_048_576).toFixed(1)} MB` : `${(bytes / 1_073_741_824).toFixed(1)} GB`
}
