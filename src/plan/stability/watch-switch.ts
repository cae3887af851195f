import { explainFailure } from '../explain-failure.js'
import { readLiterals } from '../explain.js'
import { namesParameters } from '../names-parameters.js'
import type { ParameterSet } from '../parameter-sets.js'
import type { PlanSession } from '../session.js'
import type { PlanSwitch, SwitchSeries } from './plan-stability.js'

/** The statement that is watched, and how. */
export interface WatchedStatement {
  readonly sql: string
  readonly sets: readonly ParameterSet[]
  readonly settings: Readonly<Record<string, string | number | boolean>>
  readonly timeoutMs: number
  readonly insideTransaction: boolean
}

const PREPARED = 'hotbed_switch'
/** PostgreSQL plans five times for the values before it looks at the generic plan. */
const DECISIVE = 6

/**
 * Watches a real prepared statement go over to its generic plan, or stay. It is executed under EXPLAIN, which goes through the same plan cache
 * (GetCachedPlan) and is counted by it, and neither reads nor writes rows.
 */
export async function watchSwitch(session: PlanSession, watched: WatchedStatement): Promise<PlanSwitch> {
  const { sql, sets, settings, timeoutMs, insideTransaction } = watched
  let prefixLength: number | undefined
  await session.query(insideTransaction ? `SAVEPOINT ${PREPARED}` : 'BEGIN')
  try {
    const names = Object.entries({ ...settings, statement_timeout: timeoutMs }).flatMap(([name, value]) => [name, String(value)])
    const calls = names.flatMap((_, index) => (index % 2 === 0 ? [`set_config($${index + 1}, $${index + 2}, true)`] : []))
    await session.query(`SELECT ${calls.join(', ')}`, names)
    const { rows } = await session.query(
      "SELECT current_setting('plan_cache_mode') AS mode, current_setting('server_version_num') AS version",
    )
    const literals: (readonly string[])[] = []
    for (const { params } of sets) literals.push(await readLiterals(session, params))
    const series: SwitchSeries[] = []
    for (const order of ordersOf(sets.length)) {
      prefixLength = `PREPARE ${PREPARED} AS `.length
      await session.query(`PREPARE ${PREPARED} AS ${sql}`)
      prefixLength = undefined
      const executed = order.map((set) => literals[set] ?? [])
      const genericAt = await executeAll(session, executed, Number(rows[0]?.['version']) >= 140_000)
      await session.query(`DEALLOCATE ${PREPARED}`)
      series.push({ sets: [...new Set(order)].map((set) => sets[set]?.name ?? ''), executions: order.length, genericAt })
    }
    const happens = series.some(({ genericAt }) => genericAt !== undefined)
    return { planCacheMode: String(rows[0]?.['mode']), series, happens }
  } catch (error) {
    throw explainFailure(error, { sql, prefixLength, timeoutMs })
  } finally {
    await undo(session, insideTransaction)
  }
}

/**
 * All sets in turn, and then each of several alone. The server compares the generic plan's cost with the average cost of the custom plans so
 * far, which of any order lies between those of the cheapest and the dearest set alone: where none of these switches, nothing does.
 */
function ordersOf(sets: number): readonly (readonly number[])[] {
  const inTurn = Array.from({ length: DECISIVE + 2 * sets }, (_, execution) => execution % sets)
  const alone = Array.from({ length: sets }, (_, set) => Array.from({ length: DECISIVE }, () => set))
  return sets === 1 ? [inTurn] : [inTurn, ...alone]
}

/** Which execution first had the generic plan. Once it is used the average does not change any more, so it is used from there on. */
async function executeAll(
  session: PlanSession,
  executions: readonly (readonly string[])[],
  hasCounters: boolean,
): Promise<number | undefined> {
  for (const [index, literals] of executions.entries()) {
    const { rows } = await session.query(`EXPLAIN (FORMAT JSON, VERBOSE) EXECUTE ${PREPARED} (${literals.join(', ')})`)
    const [output] = Object.values(rows[0] ?? {})
    if (!hasCounters && namesParameters(typeof output === 'string' ? output : JSON.stringify(output), literals.length)) return index + 1
  }
  if (!hasCounters) return undefined
  const { rows } = await session.query(`SELECT generic_plans, custom_plans FROM pg_prepared_statements WHERE name = '${PREPARED}'`)
  return Number(rows[0]?.['generic_plans']) === 0 ? undefined : Number(rows[0]?.['custom_plans']) + 1
}

async function undo(session: PlanSession, insideTransaction: boolean): Promise<void> {
  // When the connection is gone there is nothing to undo, and its own error is the one to be told.
  const attempt = (text: string): Promise<unknown> => session.query(text).catch(() => undefined)
  await attempt(insideTransaction ? `ROLLBACK TO SAVEPOINT ${PREPARED}` : 'ROLLBACK')
  if (insideTransaction) await attempt(`RELEASE SAVEPOINT ${PREPARED}`)
  // It is no part of the transaction, and after an error it may still be there.
  const { rows } = await session
    .query(`SELECT FROM pg_prepared_statements WHERE name = '${PREPARED}'`)
    .catch((): Awaited<ReturnType<PlanSession['query']>> => ({ rows: [] }))
  if (rows.length > 0) await attempt(`DEALLOCATE ${PREPARED}`)
}
