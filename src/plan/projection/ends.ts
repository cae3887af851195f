import { quoteIdentifier, quoteLiteral } from '../../databases/sql-client.js'
import type { ColumnStatistics } from '../../databases/table-statistics.js'
import type { PlanSession } from '../session.js'
import { arrayText } from './array-text.js'
import type { CatalogueTable } from './catalogue.js'

/** Least and greatest values of a table's columns, by name. */
export type Extremes = ReadonlyMap<string, readonly [string, string]>

/**
 * The least and the greatest value of each column that an end row needs a value for. The histogram alone does not tell: a value that is among the
 * most common ones is not in it.
 */
export async function readExtremes(
  session: PlanSession,
  table: CatalogueTable,
  statistics: readonly ColumnStatistics[],
): Promise<Extremes> {
  const needed = neededColumns(table)
  const known = statistics.filter(({ column, mostCommon, bounds }) => needed.has(column) && (mostCommon ?? bounds) !== undefined)
  if (known.length === 0) return new Map()
  const typed = known.map((one) => ({ ...one, type: table.columns.find(({ name }) => name === one.column)?.type ?? 'text' }))
  const sql = typed.map(({ type }, index) => {
    const all = `unnest($${index + 1}::text::${type}[]) v`
    return `(SELECT jsonb_build_array((SELECT v::text FROM ${all} ORDER BY v LIMIT 1), (SELECT v::text FROM ${all} ORDER BY v DESC LIMIT 1)))::text AS c${index}`
  })
  const values = typed.map(({ mostCommon, bounds }) =>
    arrayText([...(mostCommon?.values ?? []), ...(bounds === undefined ? [] : [bounds[0] ?? '', bounds.at(-1) ?? ''])]),
  )
  const { rows } = await session.query(`SELECT ${sql.join(', ')}`, values)
  return new Map(typed.map(({ column }, index) => [column, JSON.parse(String(rows[0]?.[`c${index}`])) as [string, string]]))
}

/** Where the planner looks for the real end of a column (get_actual_variable_range of selfuncs.c), and what a row cannot do without. */
function neededColumns(table: CatalogueTable): ReadonlySet<string> {
  const positions = new Set([
    ...table.indexes.filter(({ method, partial }) => method === 'btree' && !partial).map(({ keys }) => keys[0]),
    ...table.partitionKeys,
  ])
  const needed = table.columns.filter(({ position, isNotNull, isGenerated }) => !isGenerated && (isNotNull || positions.has(position)))
  return new Set(needed.map(({ name }) => name))
}

/**
 * SQL that puts two rows into an empty table, or into one that holds those of another size: the first and the last value of every column at once.
 * Columns that nobody looks at stay NULL. Foreign keys, triggers and rules must be switched off (`session_replication_role`); CHECKs and NOT NULL,
 * which such rows may break, are out of force while it runs, as is what a part of a hashed table may hold.
 */
export function putEnds(table: CatalogueTable, extremes: Extremes, ends: Extremes): string {
  const name = `${quoteIdentifier(table.schema)}.${quoteIdentifier(table.name)}`
  const values = new Map([...extremes, ...ends])
  const columns = [...values.keys()].filter((column) => table.columns.some((one) => one.name === column && !one.isGenerated))
  const row = (end: 0 | 1): string => `(${columns.map((column) => quoteLiteral(values.get(column)?.[end] ?? '')).join(', ')})`
  const bare = table.columns.filter(({ name: column, isNotNull, isGenerated }) => isNotNull && !isGenerated && !columns.includes(column))
  const without = (isOff: boolean): readonly string[] => [
    ...(table.checks === 0 ? [] : [`UPDATE pg_class SET relchecks = ${isOff ? 0 : table.checks} WHERE oid = ${table.oid}`]),
    ...(table.isHashed ? [`UPDATE pg_class SET relispartition = ${!isOff} WHERE oid = ${table.oid}`] : []),
    ...(bare.length === 0
      ? []
      : [
          `UPDATE pg_attribute SET attnotnull = ${!isOff} WHERE attrelid = ${table.oid} AND attnum IN (${bare.map(({ position }) => position).join(', ')})`,
        ]),
  ]
  if (columns.length === 0) return ''
  return [
    ...without(true),
    `DELETE FROM ONLY ${name}`,
    `INSERT INTO ${name} (${columns.map(quoteIdentifier).join(', ')}) OVERRIDING SYSTEM VALUE VALUES ${row(0)}, ${row(1)}`,
    ...without(false),
  ].join(';\n')
}
