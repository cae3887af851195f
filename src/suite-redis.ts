import type { RedisArgument, RedisFacts, SuiteVerbs } from './databases/suite-parts.js'
import type { InspectOptions } from './keyspace/inspect.js'
import type { KeyspaceSnapshot } from './keyspace/keyspace-snapshot.js'
import type { MeasureMemoryOptions } from './keyspace/measure-memory.js'
import type { MemoryMeasurement } from './keyspace/memory-measurement.js'
import { createRedisControl, type RedisControl } from './suite-control.js'

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
  /**
   * What `act` costs in memory: the server's `used_memory` and its keys before and after, how many were evicted, and which are the largest. The
   * server is the suite's own, so the numbers are those of this work alone.
   *
   * @example
   * const memory = await suite.redis.measureMemory(() => warmUp(app))
   * expect(memory).toStayWithinMemory(200 * 1024 * 1024)
   *
   * @throws {HotbedError} `ERR_HOTBED_OPTION`; and whatever `act` throws
   */
  readonly measureMemory: <Result>(
    act: () => Promise<Result> | Result,
    options?: MeasureMemoryOptions,
  ) => Promise<MemoryMeasurement<Result>>
  /** Pauses, kills, restarts, limits and flushes the server. */
  readonly control: RedisControl
}

export function createSuiteRedis(facts: RedisFacts, verbs: SuiteVerbs): SuiteRedis {
  return {
    ...facts,
    send: (...command) => verbs.send(command),
    inspect: async (pattern = '*', options = {}) => {
      const { inspectKeyspace } = await import('./keyspace/inspect.js')
      return inspectKeyspace(verbs.send, pattern, options)
    },
    measureMemory: async (act, options) => {
      const [{ measureMemory }, { requireOwnRedis }] = await Promise.all([
        import('./keyspace/measure-memory.js'),
        import('./keyspace/require-own-redis.js'),
      ])
      requireOwnRedis(facts, 'redis.measureMemory() measures the memory of the whole server', 'server')
      return measureMemory(verbs.send, act, options)
    },
    control: createRedisControl(verbs),
  }
}
