import { HotbedError } from '../primitives/error.js'
import { readStartTime } from '../primitives/process-identity.js'
import type { PostgresSuite } from './postgres-suites.js'
import type { RedisSuite } from './redis-suites.js'
import type { SuiteParts } from './suite-parts.js'

/** What a run wants to know of its suites. */
export interface SuiteEvents {
  readonly onKept: (label: string) => void
  readonly onDisposed: () => void
}

/** Joins a database and a Redis to one suite. Verbs of a store that the stack does not have, or after the end, are refused. */
export function composeSuite(postgres: PostgresSuite | undefined, redis: RedisSuite | undefined, events: SuiteEvents): SuiteParts {
  let disposing: Promise<void> | undefined
  const live = <T>(store: T | undefined, name: 'postgres' | 'redis'): T => {
    if (disposing !== undefined)
      throw new HotbedError('ERR_HOTBED_DISPOSED', {
        message: `The suite has ended; ${name} cannot be used any more.`,
      })
    if (store === undefined) {
      throw new HotbedError('ERR_HOTBED_OPTION', {
        message: `The stack of this suite has no ${name}.`,
        remedy: `Add ${name}: {} to the stack.`,
      })
    }
    return store
  }
  const facts = { postgres: postgres?.facts, redis: redis?.facts }
  return {
    facts,
    verbs: {
      query: async (sql, params, session) => live(postgres, 'postgres').side.query(sql, params, session),
      openSession: async () => live(postgres, 'postgres').side.openSession(),
      closeSession: async (session) => postgres?.side.closeSession(session),
      send: async (args) => live(redis, 'redis').send(args),
      reset: async () => {
        if (disposing !== undefined) live(undefined, 'postgres')
        await Promise.all([postgres?.reset(), redis?.reset()])
      },
      keep: async (label = '') => {
        events.onKept(label)
        const kept = {
          postgres: facts.postgres?.url,
          redis: facts.redis?.url,
          keptAt: new Date().toISOString(),
        }
        postgres?.keep({ ...kept, pid: postgres.pid, startTime: readStartTime(postgres.pid) })
        redis?.keep({ ...kept, pid: redis.pid, startTime: readStartTime(redis.pid) })
      },
      dispose: () =>
        (disposing ??= Promise.all([postgres?.dispose(), redis?.dispose()]).then(() => {
          events.onDisposed()
        })),
    },
  }
}
