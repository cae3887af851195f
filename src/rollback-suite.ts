import type { Client } from 'pg'
import { createSuiteClock, type ClockOptions } from './clock/suite-clock.js'
import type { StackDefinition } from './databases/stack.js'
import type { PostgresFacts, SuiteParts, SuiteVerbs } from './databases/suite-parts.js'
import { endInOrder } from './primitives/end-in-order.js'
import { createEndings } from './primitives/endings.js'
import { errorFields } from './primitives/error-fields.js'
import { HotbedError } from './primitives/error.js'
import type { PlanSession } from './plan/session.js'
import { createTransactionPlans, refuseInside } from './plan-verbs/transaction-plans.js'
import { noteLiveClock } from './clock/live-clocks.js'
import type { Suite } from './suite.js'
import { createSuiteFaults, type SuiteFaults } from './suite-faults.js'
import { createSuiteQueues } from './suite-queues.js'
import { createSuiteLoad } from './suite-load.js'
import { refuseSuiteApps } from './suite-apps.js'
import { createSuiteRaces } from './suite-races.js'
import { createSuiteTap } from './suite-tap.js'
import type { SuitePostgres } from './suite-postgres.js'
import { createSuiteRedis } from './suite-redis.js'

/**
 * A suite that is one transaction: everything the test does goes through `suite.postgres.client` and is rolled back by `reset` and `dispose`.
 *
 * @throws {HotbedError} `ERR_HOTBED_ISOLATION` for a stack without Postgres
 */
export async function createRollbackSuite<Stack extends StackDefinition>(
  parts: SuiteParts,
  onDisposed: () => Promise<void> = () => Promise.resolve(),
  clock?: ClockOptions,
): Promise<Suite<Stack>> {
  const { facts, verbs } = parts
  if (facts.postgres === undefined) {
    throw new HotbedError('ERR_HOTBED_ISOLATION', {
      message: "Isolation 'rollback' is a transaction of Postgres, but the stack has no postgres.",
    })
  }
  const { url } = facts.postgres
  let transaction = await openTransaction(url)

  const end = async (): Promise<void> => {
    const { client, id } = transaction
    const now = await currentTransaction(client)
    await client.query('ROLLBACK')
    await client.end()
    if (now === id || now === FAILED) return
    // What was committed is in the database now: it has to be exchanged, whatever becomes of the test.
    await verbs.reset()
    throw new HotbedError('ERR_HOTBED_ISOLATION', {
      message:
        "The code under test ended the transaction (COMMIT or ROLLBACK) that isolation 'rollback' wraps around it, so the test proved nothing.",
      remedy: "Use isolation: 'clone', which gives the test a database of its own.",
    })
  }
  let disposing: Promise<void> | undefined
  const time = createSuiteClock(parts, clock)
  const forget = noteLiveClock(time.end)
  const endClock = async (): Promise<void> => {
    forget()
    await time.end()
  }
  const endings = createEndings()
  const dispose = (): Promise<void> => (disposing ??= endInOrder(endings.endAll, end, endClock, verbs.dispose, onDisposed))
  const suite = {
    postgres: createRollbackPostgres(facts.postgres, verbs, () => transaction.client),
    redis: facts.redis === undefined ? undefined : createSuiteRedis(facts.redis, verbs),
    ...createSuiteTap(parts, true),
    ...createSuiteRaces(parts),
    ...refusePostgresOutages(createSuiteFaults(parts, endings)),
    ...createSuiteQueues(parts, time.clock.now),
    quiet: refuseInside('it stays open all the time, so it is never quiet'),
    loseAcknowledgement: refuseInside('a worker has connections of its own, which see nothing of it'),
    ...createSuiteLoad(parts, time.clock.now),
    ...refuseSuiteApps(),
    clock: time.clock,
    reset: async () => {
      try {
        await end()
        if (facts.redis !== undefined) await verbs.reset('redis')
        await time.reset()
      } finally {
        transaction = await openTransaction(url)
      }
    },
    keep: () =>
      Promise.reject(
        new HotbedError('ERR_HOTBED_ISOLATION', {
          message: "Isolation 'rollback' leaves nothing to keep.",
          remedy: "Use isolation: 'clone'.",
        }),
      ),
    dispose,
    [Symbol.asyncDispose]: dispose,
  }
  return suite as unknown as Suite<Stack>
}

/** Without its one connection there is no transaction, and nothing that isolates the test. */
function refusePostgresOutages(faults: SuiteFaults): SuiteFaults {
  return {
    ...faults,
    outage: async (store, options) => {
      if (store !== 'postgres') return faults.outage(store, options)
      throw new HotbedError('ERR_HOTBED_ISOLATION', {
        message: "Isolation 'rollback' is a transaction on one connection, which an outage of postgres would end.",
        remedy: "Use isolation: 'clone'.",
      })
    },
  }
}

interface Transaction {
  readonly client: Client
  readonly id: string | undefined
}

async function openTransaction(url: string): Promise<Transaction> {
  const { default: pg } = await import('pg')
  const client = new pg.Client({ connectionString: url })
  // A server that ends must not end the test process.
  client.on('error', () => {})
  await client.connect()
  await client.query('BEGIN')
  return { client, id: await currentTransaction(client) }
}

/** Stands for a transaction in which a statement has failed: nothing can be asked of it any more. */
const FAILED = 'failed'
const IN_FAILED_SQL_TRANSACTION = '25P02'

/** Identifies the transaction the client is in; outside of one, each answer is another. */
async function currentTransaction(client: Client): Promise<string | undefined> {
  try {
    const { rows } = await client.query<{ id: string }>('SELECT pg_current_xact_id()::text AS id')
    return rows[0]?.id
  } catch (error) {
    if (errorFields(error).code === IN_FAILED_SQL_TRANSACTION) return FAILED
    throw error
  }
}

function createRollbackPostgres(facts: PostgresFacts, verbs: SuiteVerbs, current: () => Client): SuitePostgres {
  const refuse = (what: string): never => {
    throw new HotbedError('ERR_HOTBED_ISOLATION', {
      message: `Isolation 'rollback' hands out one client, not ${what}: another connection would see nothing of the transaction.`,
      remedy: "Give suite.postgres.client to the code under test; an application with its own pool needs isolation: 'clone'.",
    })
  }
  const refuseControl = refuseInside('what is done to a server would end it', 'server')
  const refuseLag = refuseInside('it has no replicas', 'server')
  const transaction: PlanSession = { query: (sql, values) => current().query(sql, values === undefined ? undefined : [...values]) }
  return {
    ...facts,
    replicas: [],
    lag: { hold: refuseLag, release: refuseLag, bytes: refuseLag, caughtUp: refuseLag },
    get url(): string {
      return refuse('a URL')
    },
    get adminUrl(): string {
      return refuse('a URL')
    },
    get client(): Client {
      return current()
    },
    query: async <Row extends object>(sql: string, params?: readonly unknown[]) => {
      const { rows, rowCount, command, fields } = await current().query<Row>(sql, params === undefined ? undefined : [...params])
      return { rows, rowCount, command, fields }
    },
    control: {
      pause: refuseControl,
      resume: refuseControl,
      kill: refuseControl,
      restart: refuseControl,
      limit: refuseControl,
      failover: refuseControl,
    },
    grow: refuseInside('a dataset grows through connections of its own, which would outlive it'),
    ...createTransactionPlans({ verbs, owner: facts.user, transaction }),
  }
}
