import { quoteIdentifier } from '../databases/sql-client.js'
import type { BoundTable } from './bind-dataset.js'
import type { LoadSession } from './load-session.js'
import { tableName } from './table-name.js'

/**
 * Moves the sequences of a table's columns past the keys that were written, so that the application's next row gets a new one.
 * Not undone by a rollback, so it comes last.
 */
export async function advanceSequences(session: LoadSession, { table, columns }: BoundTable): Promise<readonly string[]> {
  const moved: string[] = []
  for (const { schema } of columns) {
    const name = schema.sequence?.name ?? /nextval\('((?:[^']|'')+)'::regclass\)/.exec(schema.defaultSql ?? '')?.[1]?.replaceAll("''", "'")
    if (name === undefined) continue
    const edge = (schema.sequence?.increment ?? 1) > 0 ? 'max' : 'min'
    const past = edge === 'max' ? '>=' : '<='
    const { rows } = await session.query(
      `SELECT setval($1::regclass, edge::bigint) FROM (SELECT ${edge}(${quoteIdentifier(schema.name)}) AS edge FROM ${tableName(table)}) written, ${name} AS s
        WHERE edge ${past} s.last_value`,
      [name],
    )
    if (rows.length > 0) moved.push(name)
  }
  return moved
}
