import pc from 'picocolors'
import { countOf } from '../../schema-check/print-inspection.js'
import type { InspectedDatabase } from './inspect-database.js'

/** The findings for people, table by table in the order of their kinds. */
export function formatSchema({ origin, inspection: { findings, tables, notes } }: InspectedDatabase): string {
  const lines = findings.flatMap(({ id, text, remedy }) => [`  ${pc.red('✗')} ${pc.bold(id)}  ${text}`, `    → ${remedy}`])
  const end =
    findings.length === 0
      ? `${pc.green('✓')} No defects in ${countOf(tables.length, 'table')}.`
      : `${pc.red('✗')} ${countOf(findings.length, 'defect')} in ${countOf(tables.length, 'table')}.`
  return `${[`${pc.bold('Schema')} ${pc.dim(origin)}`, ...lines, ...notes.map((note) => pc.dim(`  ${note}`)), '', end].join('\n')}\n`
}
