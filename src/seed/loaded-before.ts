import { quoteIdentifier } from '../databases/sql-client.js'
import { HotbedError } from '../primitives/error.js'
import { baseType } from './base-type.js'
import { bindDataset, type BoundDataset, type BoundTable } from './bind-dataset.js'
import type { DatasetContent } from './dataset-content.js'
import type { LoadSession } from './load-session.js'
import type { ColumnSchema, DatabaseSchema, TableSchema } from './schema.js'
import { findTable, tableName } from './table-name.js'
import { textOfValue } from './text-of-value.js'

/** Types whose values compare equal to what was written. */
const COMPARABLE = /^(int2|int4|int8|text|varchar|bool|uuid|date|timestamp|timestamptz)$/

/** A dataset that a database holds. */
export interface EarlierLoad {
  /** As it was bound when it was loaded. */
  readonly base: BoundDataset
  /** What the tables have of it now, by id: more than the dataset says once they have grown. */
  readonly rows: ReadonlyMap<string, number>
}

/**
 * How the database was loaded with the dataset, or `undefined` when it was not. No mark is left in a database: the first and last rows of each
 * table say it, and where a table has grown, the transactions that wrote it.
 */
export async function findEarlierLoad(
  session: Pick<LoadSession, 'query'>,
  dataset: DatasetContent,
  schema: DatabaseSchema,
): Promise<EarlierLoad | undefined> {
  const counts = countsOf(dataset, schema)
  if ([...counts].every(([, rows]) => rows === 0)) return undefined
  if ([...counts].some(([id, rows]) => findTable(schema, id).existingRows < rows)) return undefined
  const once = await proveLoad(session, dataset, schema, counts)
  if (once !== undefined) return once
  const grown = await countGrown(session, schema, counts)
  return grown === undefined ? undefined : proveLoad(session, dataset, schema, grown)
}

/** @throws {HotbedError} `ERR_HOTBED_SEED` when the database was loaded with the dataset */
export async function refuseLoaded(session: Pick<LoadSession, 'query'>, dataset: DatasetContent, schema: DatabaseSchema): Promise<void> {
  const earlier = await findEarlierLoad(session, dataset, schema)
  if (earlier === undefined) return
  throw new HotbedError('ERR_HOTBED_SEED', {
    message: `This dataset is already loaded: ${[...earlier.rows].map(([id, rows]) => `'${id}' holds its ${rows.toLocaleString('en')} rows`).join(', ')}.`,
    remedy: 'Start from a fresh clone, use grow() for more rows, or give the dataset another seed.',
  })
}

/** Rows since the oldest transaction that wrote as many as the dataset has; `undefined` when there is no such table. */
async function countGrown(
  session: Pick<LoadSession, 'query'>,
  schema: DatabaseSchema,
  counts: ReadonlyMap<string, number>,
): Promise<ReadonlyMap<string, number> | undefined> {
  const grown = new Map(counts)
  for (const [id, count] of counts) {
    const table = findTable(schema, id)
    if (count === 0 || table.existingRows === count) continue
    // Rows of one load share their transaction; freezing and cloning keep its number.
    const { rows } = await session.query(
      `SELECT age(xmin) AS age, count(*) AS written FROM ${tableName(table)} GROUP BY age(xmin) ORDER BY age(xmin) DESC`,
    )
    const written = rows.map((row) => Number(row['written']))
    const first = written.indexOf(count)
    if (first < 0) return undefined
    grown.set(
      id,
      written.slice(first).reduce((sum, part) => sum + part, 0),
    )
  }
  return [...grown].some(([id, rows]) => rows !== counts.get(id)) ? grown : undefined
}

/** Whether the last `written` rows of each table are the dataset's. */
async function proveLoad(
  session: Pick<LoadSession, 'query'>,
  dataset: DatasetContent,
  schema: DatabaseSchema,
  written: ReadonlyMap<string, number>,
): Promise<EarlierLoad | undefined> {
  const base = await bindDataset(dataset, rewind(schema, written))
  let isProven = false
  for (const table of base.tables.values()) {
    const key = table.table.keys.find(({ isPrimary }) => isPrimary)
    const rows = written.get(table.table.id) ?? 0
    if (rows === 0 || key === undefined) continue
    for (const row of new Set([0, table.rows - 1, Math.min(table.rows, rows - 1), rows - 1])) {
      const holds = await holdsRow(session, table, key.columns, row)
      if (holds === undefined) continue
      if (!holds) return undefined
      isProven = true
    }
  }
  return isProven ? { base, rows: written } : undefined
}

/** The dataset as it was bound when the template was loaded with it, which the caller knows; to the schema as it is where it was not. */
export async function bindLoaded(dataset: DatasetContent, schema: DatabaseSchema): Promise<BoundDataset> {
  const counts = countsOf(dataset, schema)
  const isLoaded = [...counts].every(([id, rows]) => findTable(schema, id).existingRows >= rows)
  return bindDataset(dataset, isLoaded ? rewind(schema, counts) : schema)
}

/** Rows of the dataset, by the table's id. */
export function countsOf(dataset: DatasetContent, schema: DatabaseSchema): ReadonlyMap<string, number> {
  return new Map([...dataset.tables].map(([name, { rows }]) => [findTable(schema, name).id, rows]))
}

/** The schema as it was before these rows were written. */
function rewind(schema: DatabaseSchema, written: ReadonlyMap<string, number>): DatabaseSchema {
  const tables = new Map(schema.tables)
  for (const [id, rows] of written) {
    const table = findTable(schema, id)
    const existingRows = table.existingRows - rows
    tables.set(id, {
      ...table,
      existingRows,
      columns: table.columns.map((column) => rewindColumn(column, rows, existingRows)),
      ...keysBefore(table, existingRows),
    })
  }
  return { ...schema, tables }
}

function rewindColumn(column: ColumnSchema, rows: number, existingRows: number): ColumnSchema {
  const { existingMax, ...rest } = column
  if (existingMax === undefined || existingRows === 0) return rest
  return { ...rest, existingMax: existingMax - rows * (column.sequence?.increment ?? 1) }
}

function keysBefore(table: TableSchema, existingRows: number): Pick<TableSchema, 'existingKeys'> {
  return { existingKeys: existingRows === 0 ? new Map() : table.existingKeys }
}

/** Whether the table has a row of the dataset; `undefined` when its key cannot be looked up by value. */
export async function holdsRow(
  session: Pick<LoadSession, 'query'>,
  bound: BoundTable,
  key: readonly string[],
  row: number,
): Promise<boolean | undefined> {
  const compared = bound.columns.filter(
    ({ schema, bound: { sql } }) => sql === undefined && schema.type.kind === 'base' && COMPARABLE.test(baseType(schema.type).name),
  )
  if (!key.every((name) => compared.some(({ schema }) => schema.name === name))) return undefined
  const conditions = compared.map(({ schema }, i) => `${quoteIdentifier(schema.name)} IS NOT DISTINCT FROM $${i + 1}::${schema.type.name}`)
  const values = compared.map(({ schema, bound: { at } }) => {
    const value = at(row)
    return value === null || value === undefined ? null : (textOfValue(value, schema.type) ?? null)
  })
  const { rows } = await session.query(`SELECT 1 FROM ${tableName(bound.table)} WHERE ${conditions.join(' AND ')} LIMIT 1`, values)
  return rows.length > 0
}
