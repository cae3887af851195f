import type * as Replication from './control/replication.js'
import type { CaughtUpOptions } from './control/replication.js'
import type { QueryResult } from './databases/sql-client.js'
import type { ReplicaFacts, SuiteVerbs } from './databases/suite-parts.js'

/**
 * How far replicas are behind the primary. They receive its log at once, whatever is held: what is held is the replay, so that they answer with what was
 * there before.
 */
export interface ReplicaLag {
  /**
   * Stops the replay, and settles when it has stopped: from here on nothing that is written is seen on the replica, until `release`, or the end of what is
   * given back.
   *
   * @example
   * await using _held = await suite.postgres.lag.hold()
   *
   * @throws {HotbedError} `ERR_HOTBED_OPTION` for a stack without replicas
   */
  readonly hold: () => Promise<AsyncDisposable>
  /** Lets the replay go on. What has come meanwhile is replayed then: `caughtUp` settles when it has been. */
  readonly release: () => Promise<void>
  /**
   * Bytes of the log that the primary has flushed and the replica has not replayed; of several replicas, of the one that is furthest behind. Exact when nobody
   * writes and the replay is held, or has ended.
   */
  readonly bytes: () => Promise<number>
  /**
   * Settles when the replica has replayed all that was committed before the call.
   *
   * @throws {HotbedError} `ERR_HOTBED_TIMEOUT` with the logs of both servers; `ERR_HOTBED_QUERY` at once, when the replay is held
   */
  readonly caughtUp: (options?: CaughtUpOptions) => Promise<void>
}

/** A streaming standby of the suite's Postgres. It has the same databases, users and passwords, and refuses writes (25006). */
export interface SuiteReplica extends ReplicaFacts {
  /** Sends one statement on a connection of hotbed's own, as the owner. */
  readonly query: <Row extends object = Readonly<Record<string, unknown>>>(
    sql: string,
    params?: readonly unknown[],
  ) => Promise<QueryResult<Row>>
  /** Of this one. */
  readonly lag: ReplicaLag
}

/** Loaded by the first test that uses it: a worker pays for each module in every test file. */
const load = async (): Promise<typeof Replication> => import('./control/replication.js')

/** @param replica its number; of all of them when it is left out */
export function createReplicaLag(verbs: SuiteVerbs, replica?: number): ReplicaLag {
  return {
    hold: async () => (await load()).hold(verbs, replica),
    release: async () => (await load()).release(verbs, replica),
    bytes: async () => (await load()).bytes(verbs, replica),
    caughtUp: async (options) => (await load()).caughtUp(verbs, replica, options),
  }
}

export function createSuiteReplicas(facts: readonly ReplicaFacts[], verbs: SuiteVerbs): readonly SuiteReplica[] {
  return facts.map((replica, number) => ({
    ...replica,
    query: async <Row extends object>(sql: string, params?: readonly unknown[]) =>
      (await verbs.queryReplica(number, sql, params)) as QueryResult<Row>,
    lag: createReplicaLag(verbs, number),
  }))
}
