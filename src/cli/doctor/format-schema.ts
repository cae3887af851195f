import { plural } from '../../primitives/plural.js'
import pc from 'picocolors'
import type { InspectedDatabase } from './inspect-database.js'

/** The findings for people, table by table in the order of their kinds. */
export function formatSchema({ origin, inspection: { findings, tables, notes } }: InspectedDatabase): string {
  const lines = findings.flatMap(({ id, text, remedy }) => [`  ${pc.red('✗')} ${pc.bold(id)}  ${text}`, `    → ${remedy}`])
  const end =
    findings.length === 0
      ? `${pc.green('✓')} No defects in ${plural(tables.length, 'table')}.`
      : `${pc.red('✗')} ${plural(findings.length, 'defect')} in ${plural(tables.length, 'table')}.`
  return `${[`${pc.bold('Schema')} ${pc.dim(origin)}`, ...lines, ...notes.map((note) => pc.dim(`  ${note}`)), '', end].join('\n')}\n`
}
