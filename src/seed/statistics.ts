import { quoteIdentifier } from '../databases/sql-client.js'
import { baseType } from './base-type.js'
import type { BoundTable } from './bind-dataset.js'
import type { LoadSession } from './load-session.js'
import type { ColumnSchema, DatabaseSchema } from './schema.js'
import { tableName } from './table-name.js'

/** ANALYZE reads 300 rows per unit of the highest target of any column (PostgreSQL sources, analyze.c). */
const ROWS_PER_TARGET = 300
const MAX_TARGET = 10_000

/** - `exact`: ANALYZE reads all rows, up to 3 million, so that the same data has the same statistics. - `sampled`: as production does. */
export type StatisticsMode = 'exact' | 'sampled'

/**
 * Brings statistics, visibility map and frozen rows to where they stay. For exact statistics one narrow column has a high target while ANALYZE
 * runs, in one transaction: it decides how many rows are read, and all other columns keep the lists that production would have.
 *
 * @returns how many rows ANALYZE read at most
 */
export async function updateStatistics(
  session: LoadSession,
  schema: DatabaseSchema,
  bound: BoundTable,
  mode: StatisticsMode,
): Promise<number> {
  const { table } = bound
  const name = tableName(table)
  await session.query(`VACUUM (FREEZE) ${name}`)
  const { rows } = await session.query('SHOW default_statistics_target')
  const usual = Number(rows[0]?.['default_statistics_target'] ?? 100) * ROWS_PER_TARGET
  const count = table.existingRows + bound.rows - bound.from
  const column = mode === 'exact' && count > usual ? narrowColumn(bound) : undefined
  if (column === undefined) {
    await session.query(`ANALYZE ${name}`)
    return Math.min(count, usual)
  }
  // Leaves share a partitioned table's sample by their size in pages, which is not quite that in rows.
  const wanted = Math.ceil((count * (table.kind === 'partitioned' ? 1.1 : 1)) / ROWS_PER_TARGET) + 1
  const target = Math.min(MAX_TARGET, wanted)
  const parts = [table, ...table.partitions.flatMap(({ id }) => schema.tables.get(id) ?? [])]
  await session.query('BEGIN')
  try {
    const restore: string[] = []
    for (const part of parts) {
      const alter = `ALTER TABLE ONLY ${tableName(part)} ALTER COLUMN ${quoteIdentifier(column.name)} SET STATISTICS`
      restore.push(`${alter} ${await readTarget(session, part.oid, column.name)}`)
      await session.query(`${alter} ${target}`)
    }
    await session.query(`ANALYZE ${name}`)
    for (const statement of restore) await session.query(statement)
    await session.query('COMMIT')
  } catch (error) {
    await session.query('ROLLBACK').catch(() => {})
    throw error
  }
  return Math.min(count, target * ROWS_PER_TARGET)
}

/** -1 stands for the default in all versions. */
async function readTarget(session: LoadSession, table: number, column: string): Promise<number> {
  const { rows } = await session.query(
    'SELECT coalesce(attstattarget, -1) AS target FROM pg_attribute WHERE attrelid = $1 AND attname = $2',
    [table, column],
  )
  return Number(rows[0]?.['target'] ?? -1)
}

const WIDTHS: Readonly<Record<string, number>> = {
  bool: 1,
  int2: 2,
  int4: 4,
  date: 4,
  float4: 4,
  oid: 4,
  int8: 8,
  float8: 8,
  timestamp: 8,
  timestamptz: 8,
  uuid: 16,
}

/** Unique before narrow: a column without repetitions has no list of frequent values that a high target could lengthen. */
function narrowColumn({ table }: BoundTable): ColumnSchema | undefined {
  const unique = new Set(table.keys.flatMap(({ columns, predicate }) => (columns.length === 1 && predicate === undefined ? columns : [])))
  const rank = (column: ColumnSchema): number => {
    const type = baseType(column.type)
    const width = type.kind === 'enum' ? 4 : (WIDTHS[type.name] ?? 1000)
    return (unique.has(column.name) ? 0 : 10_000) + width
  }
  return table.columns.filter((column) => !column.isGenerated).toSorted((a, b) => rank(a) - rank(b))[0]
}
