import { debug } from '../primitives/debug.js'
import { HotbedError } from '../primitives/error.js'
import { readStartTime } from '../primitives/process-identity.js'
import { holdSpares } from './held-spares.js'
import type { PostgresSuite } from './postgres-suites.js'
import type { RedisSuite } from './redis-suites.js'
import type { StoreControl } from './store-control.js'
import type { SuiteParts } from './suite-parts.js'
import type { SuiteReplicas } from './suite-replicas.js'
import { wallClockDate } from '../primitives/real-time.js'

/** What a run wants to know of its suites. */
export interface SuiteEvents {
  readonly onKept: (label: string) => void
  readonly onDisposed: () => void
}

/** Joins a database and a Redis to one suite. Verbs of a store that the stack does not have, or after the end, are refused. */
export function composeSuite(postgres: PostgresSuite | undefined, redis: RedisSuite | undefined, events: SuiteEvents): SuiteParts {
  let disposing: Promise<void> | undefined
  let resetting: Promise<void> = Promise.resolve()
  const refuseEnded = (name = 'it'): void => {
    if (disposing === undefined) return
    throw new HotbedError('ERR_HOTBED_DISPOSED', { message: `The suite has ended; ${name} cannot be used any more.` })
  }
  const present = <T>(store: T | undefined, name: 'postgres' | 'redis'): T => {
    refuseEnded(name)
    if (store === undefined) {
      throw new HotbedError('ERR_HOTBED_OPTION', {
        message: `The stack of this suite has no ${name}.`,
        remedy: `Add ${name}: {} to the stack.`,
      })
    }
    return store
  }
  const holds: (() => void)[] = []
  /** Of a store that can answer. */
  const live = <T extends { readonly control: StoreControl }>(store: T | undefined, name: 'postgres' | 'redis'): T => {
    const found = present(store, name)
    found.control.requireUp()
    return found
  }
  const takeBack = async (): Promise<readonly string[]> => {
    refuseEnded()
    return [
      ...((await postgres?.control.takeBack()) ?? []),
      ...((await postgres?.replicas?.takeBack()) ?? []),
      ...((await redis?.control.takeBack()) ?? []),
    ]
  }
  const facts = { postgres: postgres?.facts, redis: redis?.facts }
  return {
    facts,
    routes: { postgresTls: postgres?.tls, redisTls: redis?.tls, redisTenant: redis?.tenant },
    verbs: {
      query: async (sql, params, session) => live(postgres, 'postgres').side.query(sql, params, session),
      queryReplica: async (replica, sql, params) =>
        replicated(present(postgres, 'postgres'), 'suite.postgres.replicas').query(replica, sql, params),
      replicate: async (request) => {
        const found = present(postgres, 'postgres')
        const { act } = request
        const call = act === 'failover' ? 'postgres.control.failover()' : `postgres.lag.${act}()`
        const replicas = replicated(found, call)
        if (act !== 'position') found.control.requireOwned(`suite.${call}`)
        // Else the primary is not asked.
        if (act === 'bytes' || act === 'caughtUp' || (act === 'position' && request.replica === undefined)) found.control.requireUp()
        return replicas.act(request)
      },
      openSession: async (as) => live(postgres, 'postgres').side.openSession(as),
      closeSession: async (session) => whenUp(postgres, ({ side }) => side.closeSession(session)),
      openThrowAway: async (source) => live(postgres, 'postgres').throwAways.open(source),
      closeThrowAway: async (session) => whenUp(postgres, ({ throwAways }) => throwAways.close(session)),
      grow: async (rows) => live(postgres, 'postgres').grow(rows),
      project: async (rows) => live(postgres, 'postgres').project(rows),
      weigh: async (column) => live(postgres, 'postgres').weigh(column),
      movePostgresClock: async (aheadMs) => live(postgres, 'postgres').moveClock(aheadMs),
      send: async (args) => live(redis, 'redis').send(args),
      control: async (store, request) => present(store === 'postgres' ? postgres : redis, store).control.act(request),
      takeBack,
      tap: async () => {
        throw new HotbedError('ERR_HOTBED_TAP', { message: 'The stores of this suite are reached directly, without the tap.' })
      },
      reset: async (only) => {
        refuseEnded()
        const next = resetting.then(() => settleAll([only === 'redis' ? undefined : postgres?.reset(), redis?.reset()]))
        // One after the other; the next one does not depend on how this went.
        resetting = next.catch(() => {})
        return next
      },
      holdSpares: async (isHeld) => {
        refuseEnded()
        if (isHeld) holds.push(holdSpares())
        else holds.pop()?.()
      },
      keep: async (label = '') => {
        refuseEnded()
        // A server that is left must answer.
        await takeBack()
        events.onKept(label)
        const kept = {
          postgres: facts.postgres?.url,
          redis: facts.redis?.url,
          keptAt: wallClockDate().toISOString(),
        }
        await postgres?.keep({ ...kept, ...identify(postgres.pid()) })
        await redis?.keep({ ...kept, ...identify(redis.pid()) })
      },
      dispose: () =>
        (disposing ??= resetting
          .then(() => settleAll([postgres?.dispose(), redis?.dispose()]))
          .finally(() => {
            for (const letGo of holds.splice(0)) letGo()
            events.onDisposed()
          })),
    },
  }
}

function replicated({ replicas }: PostgresSuite, call: string): SuiteReplicas {
  if (replicas !== undefined) return replicas
  throw new HotbedError('ERR_HOTBED_OPTION', {
    message: `${call} needs a replica, and the stack of this suite has none.`,
    remedy: "Add one, postgres: { replicas: 1 }, and isolation: 'server'.",
  })
}

/** Of a server that is a process here. */
function identify(pid: number | undefined): object {
  return pid === undefined ? {} : { pid, startTime: readStartTime(pid) }
}

/** Ends something of a server that answers. Of one that does not it ends with the server, or when it goes on. */
async function whenUp(postgres: PostgresSuite | undefined, end: (suite: PostgresSuite) => Promise<void>): Promise<void> {
  if (postgres === undefined) return
  const ending = end(postgres)
  if (postgres.control.isUp()) await ending
  else ending.catch((error: unknown) => debug('a session did not end well: %o', error))
}

/** Waits for all of them, also when one fails; then throws what the first failure was. */
async function settleAll(works: readonly (Promise<void> | undefined)[]): Promise<void> {
  for (const work of await Promise.allSettled(works.filter((started) => started !== undefined))) {
    if (work.status === 'rejected') throw work.reason
  }
}
