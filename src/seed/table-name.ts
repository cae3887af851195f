import { quoteIdentifier } from '../databases/sql-client.js'
import { HotbedError } from '../primitives/error.js'
import { nearestName } from '../primitives/options.js'
import type { DatabaseSchema, TableSchema } from './schema.js'

/** A table's name for SQL. */
export function tableName(table: Pick<TableSchema, 'schema' | 'name'>): string {
  return `${quoteIdentifier(table.schema)}.${quoteIdentifier(table.name)}`
}

/**
 * The table that a dataset means: `schema.table`, or a bare name on the search path, or one that only one schema has.
 *
 * @param who asks, for messages
 * @throws {HotbedError} `ERR_HOTBED_DATASET` with the nearest name
 */
export function findTable(schema: DatabaseSchema, name: string, who: string = 'The dataset names'): TableSchema {
  const exact = schema.tables.get(name)
  if (exact !== undefined) return exact
  for (const path of schema.searchPath) {
    const table = schema.tables.get(`${path}.${name}`)
    if (table !== undefined) return table
  }
  const same = [...schema.tables.values()].filter((table) => table.name === name)
  if (same.length === 1 && same[0] !== undefined) return same[0]
  if (same.length > 1) {
    throw new HotbedError('ERR_HOTBED_DATASET', {
      message: `${who} the table '${name}', which several schemas have: ${same.map(({ id }) => id).join(', ')}.`,
      remedy: `Write it with its schema: '${same[0]?.id ?? name}'.`,
    })
  }
  const near = nearestName(
    name,
    [...schema.tables.values()].flatMap((table) => [table.name, table.id]),
  )
  throw new HotbedError('ERR_HOTBED_DATASET', {
    message: `${who} the table '${name}', which the database does not have.`,
    remedy:
      near === undefined
        ? `It has: ${[...schema.tables.keys()].join(', ') || 'no tables'}. Do the migrations run before the load?`
        : `Did you mean '${near}'?`,
  })
}
