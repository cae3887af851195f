import type { Client } from 'pg'
import type { QueryResult } from './databases/sql-client.js'
import type { PostgresFacts, SuiteVerbs } from './databases/suite-parts.js'
import type { DatasetReport } from './databases/template-dataset.js'
import { createSuitePlans, type SuitePlans } from './plan-verbs/suite-plans.js'
import { HotbedError } from './primitives/error.js'
import { createPostgresControl, type PostgresControl } from './suite-control.js'
import { createReplicaLag, createSuiteReplicas, type ReplicaLag, type SuiteReplica } from './suite-replicas.js'

/** A suite's database. */
export interface SuitePostgres extends Omit<PostgresFacts, 'replicas'>, SuitePlans {
  /** Streaming standbys, as many as the stack says (`postgres: { replicas: 1 }`). @default none */
  readonly replicas: readonly SuiteReplica[]
  /** How far the replicas are behind, all of them: each has a `lag` of its own, too. */
  readonly lag: ReplicaLag
  /** The connection whose transaction is rolled back. Only with isolation 'rollback'. */
  readonly client: Client
  /**
   * Sends one statement on a connection of hotbed's own, as the owner: to arrange and to look, beside the application.
   *
   * @example
   * const { rows } = await suite.postgres.query<{ total: string }>('SELECT count(*) AS total FROM orders')
   */
  readonly query: <Row extends object = Readonly<Record<string, unknown>>>(
    sql: string,
    params?: readonly unknown[],
  ) => Promise<QueryResult<Row>>
  /**
   * Continues the dataset of the stack in this suite's database: the rows from the old total to the new one are added, earlier rows stay as
   * they are. What has grown can grow again, until anything else adds or removes rows of these tables.
   *
   * @example
   * await suite.postgres.grow({ orders: 2_000_000 })
   *
   * @param rows new totals by table
   * @throws {HotbedError} `ERR_HOTBED_OPTION` for a stack without a dataset; `ERR_HOTBED_DATASET` for fewer rows than before; `ERR_HOTBED_SEED`
   * when the database does not hold the dataset as it was loaded
   */
  readonly grow: (rows: Readonly<Record<string, number>>) => Promise<DatasetReport>
  /** Pauses, kills, restarts and limits the server. */
  readonly control: PostgresControl
}

/** A stack that names replicas has at least one. */
export type ReplicatedPostgres<Definition> = Definition extends { readonly replicas: number }
  ? SuitePostgres & { readonly replicas: readonly [SuiteReplica, ...SuiteReplica[]] }
  : SuitePostgres

export function createSuitePostgres(facts: PostgresFacts, verbs: SuiteVerbs): SuitePostgres {
  return {
    ...facts,
    get client(): never {
      throw new HotbedError('ERR_HOTBED_ISOLATION', {
        message: "suite.postgres.client is there only with isolation: 'rollback'.",
        remedy: 'Connect to suite.postgres.url with a client of your own.',
      })
    },
    query: async <Row extends object>(sql: string, params?: readonly unknown[]) => (await verbs.query(sql, params)) as QueryResult<Row>,
    grow: (rows) => verbs.grow(rows),
    control: createPostgresControl(verbs),
    replicas: createSuiteReplicas(facts.replicas, verbs),
    lag: createReplicaLag(verbs),
    ...createSuitePlans(facts, verbs),
  }
}
