import type { RedisArgument, RedisFacts, SuiteVerbs } from './databases/suite-parts.js'
import type { InspectOptions } from './keyspace/inspect.js'
import type { KeyspaceSnapshot } from './keyspace/keyspace-snapshot.js'

/** A suite's Redis. */
export interface SuiteRedis extends RedisFacts {
  /**
   * Sends one command on a connection of hotbed's own. The reply is RESP2's: texts, whole numbers, `null` and arrays of these.
   *
   * @example
   * await suite.redis.send('SET', 'product:7', '{}', 'EX', 60)
   */
  readonly send: (...command: readonly RedisArgument[]) => Promise<unknown>
  /** What is stored under the keys that match a glob-style pattern, as SCAN has it: type, remaining life, bytes. */
  readonly inspect: (pattern?: string, options?: InspectOptions) => Promise<KeyspaceSnapshot>
}

export function createSuiteRedis(facts: RedisFacts, verbs: SuiteVerbs): SuiteRedis {
  return {
    ...facts,
    send: (...command) => verbs.send(command),
    inspect: async (pattern = '*', options = {}) => {
      const { inspectKeyspace } = await import('./keyspace/inspect.js')
      return inspectKeyspace(verbs.send, pattern, options)
    },
  }
}
