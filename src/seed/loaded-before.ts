import { quoteIdentifier } from '../databases/sql-client.js'
import { baseType } from './base-type.js'
import { bindDataset, type BoundDataset, type BoundTable } from './bind-dataset.js'
import type { DatasetContent } from './dataset-content.js'
import type { LoadSession } from './load-session.js'
import type { ColumnSchema, DatabaseSchema, TableSchema } from './schema.js'
import { findTable, tableName } from './table-name.js'
import { textOfValue } from './text-of-value.js'

/** Types whose values compare equal to what was written. */
const COMPARABLE = /^(int2|int4|int8|text|varchar|bool|uuid|date|timestamp|timestamptz)$/

/**
 * The dataset as it was bound when the database was loaded with it, or `undefined` when it was not. No mark is left in a database: the
 * first and last row of each table say it.
 */
export async function findEarlierLoad(
  session: Pick<LoadSession, 'query'>,
  dataset: DatasetContent,
  schema: DatabaseSchema,
): Promise<BoundDataset | undefined> {
  const before = rewind(dataset, schema)
  if (before === undefined) return undefined
  const bound = await bindDataset(dataset, before)
  let isProven = false
  for (const table of bound.tables.values()) {
    const key = table.table.keys.find(({ isPrimary }) => isPrimary)
    if (table.rows === 0 || key === undefined) continue
    for (const row of new Set([0, table.rows - 1])) {
      const holds = await holdsRow(session, table, key.columns, row)
      if (holds === undefined) continue
      if (!holds) return undefined
      isProven = true
    }
  }
  return isProven ? bound : undefined
}

/** The dataset as it was bound when the template was loaded with it, which the caller knows. */
export async function bindLoaded(dataset: DatasetContent, schema: DatabaseSchema): Promise<BoundDataset> {
  return bindDataset(dataset, rewind(dataset, schema) ?? schema)
}

/** The schema as it was before a load; `undefined` when a table has fewer rows than the dataset. */
function rewind(dataset: DatasetContent, schema: DatabaseSchema): DatabaseSchema | undefined {
  const tables = new Map(schema.tables)
  let loaded = 0
  for (const [name, { rows }] of dataset.tables) {
    const table = findTable(schema, name)
    if (table.existingRows < rows) return undefined
    loaded += rows
    const existingRows = table.existingRows - rows
    tables.set(table.id, {
      ...table,
      existingRows,
      columns: table.columns.map((column) => rewindColumn(column, rows, existingRows)),
      ...keysBefore(table, existingRows),
    })
  }
  return loaded === 0 ? undefined : { ...schema, tables }
}

function rewindColumn(column: ColumnSchema, rows: number, existingRows: number): ColumnSchema {
  const { existingMax, ...rest } = column
  if (existingMax === undefined || existingRows === 0) return rest
  return { ...rest, existingMax: existingMax - rows * (column.sequence?.increment ?? 1) }
}

function keysBefore(table: TableSchema, existingRows: number): Pick<TableSchema, 'existingKeys'> {
  return { existingKeys: existingRows === 0 ? new Map() : table.existingKeys }
}

async function holdsRow(
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
