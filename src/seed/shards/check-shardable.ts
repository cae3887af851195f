import { quoteIdentifier } from '../../databases/sql-client.js'
import { errorFields } from '../../primitives/error-fields.js'
import { HotbedError } from '../../primitives/error.js'
import type { BoundTable } from '../bind-dataset.js'
import type { LoadSession } from '../load-session.js'
import { tableName } from '../table-name.js'

/**
 * Refuses what would make a shard depend on which others are there.
 *
 * @param canPassBy the role is a superuser, whose session checks no foreign keys and fires no triggers
 * @throws {HotbedError} `ERR_HOTBED_SEED` for foreign keys from one shard into another and for triggers, unless they can be passed by;
 * `ERR_HOTBED_DATASET` for a column that the server computes of more than its row
 */
export async function checkShardable(session: LoadSession, tables: readonly BoundTable[], canPassBy: boolean): Promise<void> {
  if (!canPassBy) {
    checkForeignKeys(tables)
    checkTriggers(tables)
  }
  for (const bound of tables) await checkExpressions(session, bound)
}

/** The parent may be in a shard that comes later. */
function checkForeignKeys(tables: readonly BoundTable[]): void {
  const ids = new Set(tables.map(({ table }) => table.id))
  const inside = tables.flatMap(({ table }) =>
    table.foreignKeys.filter(({ parent }) => ids.has(parent)).map((foreignKey) => ({ table, foreignKey })),
  )
  if (inside.length === 0) return
  const drops = inside.map(({ table, foreignKey: { name } }) => `ALTER TABLE ${tableName(table)} DROP CONSTRAINT ${quoteIdentifier(name)};`)
  const adds = inside.map(
    ({ table, foreignKey: { name, definition } }) =>
      `ALTER TABLE ${tableName(table)} ADD CONSTRAINT ${quoteIdentifier(name)} ${definition};`,
  )
  throw new HotbedError('ERR_HOTBED_SEED', {
    message: `Rows of a shard refer to rows of shards that may come later: ${inside.map(({ foreignKey: { name } }) => name).join(', ')}. Only a superuser can have them checked when all are there.`,
    remedy: [
      'Load all shards as a superuser (adminUrl, --admin-url). Or give these columns foreignKey() in the dataset, which is inferred otherwise,',
      '  and load without the constraints, which are made again after the last shard:',
      ...[...drops, ...adds].map((statement) => `    ${statement}`),
    ].join('\n'),
  })
}

function checkTriggers(tables: readonly BoundTable[]): void {
  const fired = tables.flatMap(({ table }) => table.triggers.filter(({ enabled }) => enabled === 'O').map(({ name }) => ({ table, name })))
  if (fired.length === 0) return
  throw new HotbedError('ERR_HOTBED_SEED', {
    message: `Triggers would fire for the rows of a shard: ${fired.map(({ table, name }) => `${name} of ${table.id}`).join(', ')}. Only a superuser can pass them by while other shards are written.`,
    remedy: [
      'Load all shards as a superuser (adminUrl, --admin-url). Or disable them, and enable them after the last shard:',
      ...fired.map(({ table, name }) => `    ALTER TABLE ${tableName(table)} DISABLE TRIGGER ${quoteIdentifier(name)};`),
    ].join('\n'),
  })
}

/** What a generated column may be computed of is what no other row has a part in: the server is the judge. */
async function checkExpressions(session: LoadSession, { table, columns }: BoundTable): Promise<void> {
  const computed = columns.flatMap(({ schema: { name }, bound: { sql } }) => (sql === undefined ? [] : [{ name, sql }]))
  if (computed.length === 0) return
  await session.query('BEGIN')
  let asked = computed[0]
  try {
    const probe = quoteIdentifier(table.name)
    await session.query(`CREATE TEMPORARY TABLE ${probe} (LIKE ${tableName(table)})`)
    for (asked of computed) {
      await session.query(
        `ALTER TABLE pg_temp.${probe} ADD COLUMN "hotbed of ${computed.indexOf(asked)}" boolean GENERATED ALWAYS AS ((${asked.sql}) IS NULL) STORED`,
      )
    }
  } catch (error) {
    throw new HotbedError('ERR_HOTBED_DATASET', {
      message: `The column '${asked?.name}' of '${table.id}' is computed by sql(${JSON.stringify(asked?.sql)}), which is not known to depend on its own row alone: ${errorFields(error).message}. A shard could not compute what all rows at once would give.`,
      remedy: 'Use only columns of the row and functions that are IMMUTABLE, or derived(), or load without shards.',
      cause: error,
    })
  } finally {
    await session.query('ROLLBACK').catch(() => {})
  }
}
