import type { SuiteVerbs } from './databases/suite-parts.js'
import { HotbedError } from './primitives/error.js'
import type { ConnectionTraffic } from './wire/exchange.js'

/** What the tap still has of a suite. */
interface TapLeftovers {
  readonly rules: readonly string[]
  readonly connections: readonly ConnectionTraffic[]
}

/** Advisory locks of this database's sessions, and what those sessions did last. */
const ADVISORY_LOCKS = `SELECT l.pid, a.application_name AS name, left(a.query, 200) AS query
FROM pg_locks l JOIN pg_stat_activity a USING (pid)
WHERE l.locktype = 'advisory' AND l.granted AND a.datname = current_database()`

/**
 * Refuses a suite that ends with open transactions, advisory locks that are still held, rules that nobody removed, or a server that was paused,
 * killed or limited. Connections that only idle in a pool are no defect; they are named where there is one.
 *
 * @throws {HotbedError} `ERR_HOTBED_LEFT_BEHIND`
 */
export async function checkLeavesNothingBehind(verbs: SuiteVerbs, hasPostgres: boolean): Promise<void> {
  // First, because a server that is paused or killed answers nothing else.
  const controls = await verbs.takeBack()
  const { rules, connections } = (await verbs.tap('leftovers', [])) as TapLeftovers
  const found = [
    ...controls.map((call) => `a server was left as it is after ${call}`),
    ...rules.map((rule) => `a rule is still live: ${rule}`),
    ...connections.filter(({ status }) => status !== 'I').map(describeTransaction),
  ]
  // Without a connection there is no session that could hold a lock.
  if (hasPostgres && connections.some(({ store }) => store === 'postgres')) {
    // A server that a test has ended holds no locks.
    const { rows } = await verbs.query(ADVISORY_LOCKS, undefined).catch(() => ({ rows: [] }))
    found.push(
      ...rows.map(
        (row) => `an advisory lock is still held${nameOf(String(row['name']))}, whose last statement was: ${String(row['query'])}`,
      ),
    )
  }
  if (found.length === 0) return
  const idle = connections.filter(({ status }) => status === 'I').length
  throw new HotbedError('ERR_HOTBED_LEFT_BEHIND', {
    message: [
      'The suite ended with something left behind:',
      ...found.map((line) => `  - ${line}`),
      ...(idle > 0 ? [`  (${idle} idle connections besides, which is no defect)`] : []),
    ].join('\n'),
    remedy: 'End it in the code under test or in the test, or switch the check off with leavesNothingBehind: false.',
  })
}

function describeTransaction({ id, store, name, status }: ConnectionTraffic): string {
  if (store === 'redis') return `connection ${id} to Redis${nameOf(name)} is between MULTI and EXEC`
  return `connection ${id} to Postgres${nameOf(name)} is in ${status === 'E' ? 'a failed' : 'an open'} transaction`
}

function nameOf(name: string): string {
  return name === '' ? '' : ` ('${name}')`
}
