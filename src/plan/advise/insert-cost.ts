import { quoteTable } from '../../primitives/sql-name.js'
import { parsePlan } from '../parse.js'
import type { PlanTable } from '../plan.js'
import { buffersOf } from '../work.js'
import { undone, type Workbench } from './workbench.js'

/**
 * How many more buffers one INSERT touches because of an index: a row of the table is taken out and put in again, with the index and without.
 * `undefined` where that cannot be known: the table is empty, or it has triggers that only a superuser can switch off.
 */
export async function measureInsertCost(
  bench: Workbench,
  table: Pick<PlanTable, 'schema' | 'name'>,
  index: string,
): Promise<number | undefined> {
  const { session, runAs } = bench
  return undone(bench, async () => {
    if (runAs !== undefined) await session.query('SET LOCAL session_replication_role = replica')
    const { rows } = await session.query(firstRowQuery(quoteTable(table)))
    const leaf = rows[0]
    if (leaf === undefined || (runAs === undefined && leaf['triggers'] === true)) return undefined
    const columns = String(leaf['columns'])
    const insert = `WITH one AS (DELETE FROM ${String(leaf['name'])} WHERE ctid = '${String(leaf['ctid'])}' RETURNING ${columns})
      INSERT INTO ${String(leaf['name'])} (${columns}) OVERRIDING SYSTEM VALUE SELECT ${columns} FROM one`
    const withIndex = await countBuffers(bench, insert)
    await session.query(`DROP INDEX ${index}`)
    const without = await countBuffers(bench, insert)
    return Math.max(0, withIndex - without)
  }).catch(() => undefined)
}

/** The first row of a table, in the partition that holds it. */
function firstRowQuery(table: string): string {
  return `SELECT c.oid::regclass::text AS name, first.ctid::text AS ctid, c.relhastriggers AS triggers,
      (SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
        WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped AND attgenerated = '') AS columns
    FROM (SELECT tableoid, ctid FROM ${table} LIMIT 1) AS first JOIN pg_class c ON c.oid = first.tableoid`
}

/** Of the second of two: the first one reads the catalogue, and may make the table's file longer. */
async function countBuffers(bench: Workbench, sql: string): Promise<number> {
  const count = (): Promise<number> =>
    undone(bench, async () => {
      const { rows } = await bench.session.query(`EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) ${sql}`)
      const plan = parsePlan(Object.values(rows[0] ?? {})[0], { sql, params: [], postgresVersion: '' })
      return buffersOf(plan)
    })
  await count()
  return count()
}
