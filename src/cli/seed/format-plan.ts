import pc from 'picocolors'
import { formatDuration } from '../../primitives/duration.js'
import type { LoadPlan, PlannedTable } from '../../seed/plan-dataset.js'
import { formatBytes } from '../bytes.js'

const COLUMNS: readonly (readonly [title: string, of: (table: PlannedTable) => string])[] = [
  ['table', ({ table }) => table],
  ['rows', ({ rows }) => rows.toLocaleString('en')],
  ['there already', ({ existingRows }) => existingRows.toLocaleString('en')],
  ['size', ({ bytes }) => formatBytes(bytes)],
  ['time', ({ seconds }) => formatDuration(seconds * 1000)],
]

/** A dry run for people: a line for each table in the order of the load, and below it what happens to its columns, indexes and keys. */
export function formatLoadPlan({ tables, rows, bytes, seconds }: LoadPlan): string {
  const lines = [COLUMNS.map(([title]) => title), ...tables.map((table) => COLUMNS.map(([, of]) => of(table)))]
  const widths = COLUMNS.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)))
  const [head = '', ...rest] = lines.map((line) =>
    line.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join('  '),
  )
  const described = rest.flatMap((line, i) => [line, ...describeTable(tables[i]).map((detail) => pc.dim(`  ${detail}`))])
  const total = `${rows.toLocaleString('en')} rows, about ${formatBytes(bytes)} and ${formatDuration(seconds * 1000)}.`
  return [pc.bold(head), ...described, total].join('\n')
}

function describeTable(table: PlannedTable | undefined): readonly string[] {
  if (table === undefined) return []
  const list = (title: string, names: readonly string[]): readonly string[] => (names.length === 0 ? [] : [`${title}: ${names.join(', ')}`])
  return [
    ...list(
      'columns',
      Object.entries(table.columns).map(([name, kind]) => `${name} (${kind})`),
    ),
    ...list('indexes built after the rows', table.indexesRebuilt),
    ...list('indexes kept up row by row', table.indexesKept),
    ...list('foreign keys checked after the rows', table.foreignKeysChecked),
    ...list('triggers that do not fire', table.triggersSkipped),
  ]
}
