import type { SqlClient } from '../databases/sql-client.js'
import { quoteIdentifier } from '../databases/sql-client.js'
import type { ColumnSchema, DatabaseSchema, TableSchema } from './schema.js'
import { baseType } from './base-type.js'
import { tableName } from './table-name.js'

const KEYS_READ = 10_000
const WHOLE = new Set(['int2', 'int4', 'int8'])

/** Adds what the tables hold already: exact counts, the greatest keys, and the keys that foreign keys can refer to. */
export async function readExisting(
  sql: Pick<SqlClient, 'query'>,
  schema: DatabaseSchema,
  empty: ReadonlySet<string>,
): Promise<DatabaseSchema> {
  const referred = referredColumns(schema)
  const tables = new Map<string, TableSchema>()
  for (const [id, table] of schema.tables) {
    const isFilled = !empty.has(id) && table.kind !== 'foreign'
    tables.set(id, isFilled ? await readTable(sql, table, referred.get(id) ?? new Set()) : table)
  }
  return { ...schema, tables }
}

function referredColumns(schema: DatabaseSchema): ReadonlyMap<string, ReadonlySet<string>> {
  const referred = new Map<string, Set<string>>()
  for (const table of schema.tables.values()) {
    for (const { parent, parentColumns } of table.foreignKeys) {
      const columns = referred.get(parent) ?? new Set()
      for (const column of parentColumns) columns.add(column)
      referred.set(parent, columns)
    }
  }
  return referred
}

async function readTable(sql: Pick<SqlClient, 'query'>, table: TableSchema, referred: ReadonlySet<string>): Promise<TableSchema> {
  const counters = table.columns.filter(
    (column) => WHOLE.has(baseType(column.type).name) && (column.sequence !== undefined || isKey(table, column)),
  )
  const facts = ['count(*) AS rows', ...counters.map(({ name, position }) => `max(${quoteIdentifier(name)}) AS max_${position}`)]
  const counted = (await sql.query(`SELECT ${facts.join(', ')} FROM ${tableName(table)}`)).rows[0] ?? {}
  const existingRows = Number(counted['rows'])
  if (existingRows === 0) return table
  const columns = table.columns.map((column) => {
    const max: unknown = counted[`max_${column.position}`]
    return max === null || max === undefined ? column : { ...column, existingMax: Number(max) }
  })
  return { ...table, columns, existingRows, existingKeys: await readKeys(sql, table, referred) }
}

function isKey(table: TableSchema, column: ColumnSchema): boolean {
  return table.keys.some((key) => key.columns.includes(column.name))
}

async function readKeys(
  sql: Pick<SqlClient, 'query'>,
  table: TableSchema,
  referred: ReadonlySet<string>,
): Promise<ReadonlyMap<string, readonly unknown[]>> {
  const columns = table.columns.filter(({ name }) => referred.has(name))
  if (columns.length === 0) return new Map()
  const list = columns.map(({ name, type, position }) => {
    const isTime = /^(date|timestamp)/.test(baseType(type).name)
    return `${isTime ? `(extract(epoch from ${quoteIdentifier(name)}) * 1000)` : quoteIdentifier(name)}::text AS c${position}`
  })
  const order = columns.map(({ name }) => quoteIdentifier(name)).join(', ')
  const { rows } = await sql.query(`SELECT ${list.join(', ')} FROM ${tableName(table)} ORDER BY ${order} LIMIT ${KEYS_READ}`)
  return new Map(columns.map((column) => [column.name, rows.map((row) => readValue(row[`c${column.position}`], column))]))
}

function readValue(text: unknown, { type }: ColumnSchema): unknown {
  if (typeof text !== 'string') return null
  const { name } = baseType(type)
  if (name === 'bool') return text === 'true' || text === 't'
  if (/^(date|timestamp)/.test(name) || name === 'int2' || name === 'int4') return Number(text)
  if (name === 'int8') return Number.isSafeInteger(Number(text)) ? Number(text) : BigInt(text)
  return text
}
