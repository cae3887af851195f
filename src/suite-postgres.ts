import type { Client } from 'pg'
import type { PostgresFacts, SuiteVerbs } from './databases/suite-parts.js'
import type { QueryResult } from './databases/sql-client.js'
import type { DatasetReport } from './databases/template-dataset.js'
import { HotbedError } from './primitives/error.js'
import type { ExplainOptions } from './plan/explain.js'
import type { AdviseIndexesOptions } from './advise-indexes.js'
import type { FixProof } from './plan/advise/fix-proof.js'
import type { IndexAdvice } from './plan/advise/index-advice.js'
import type { Recording } from './wire/recording/recording.js'
import type { ParameterSets } from './plan/parameter-sets.js'
import type { ImportedStatistics } from './import-statistics.js'
import type { Plan } from './plan/plan.js'
import type { StabilityOptions } from './plan/stability/compare-plans.js'
import type { PlanStability } from './plan/stability/plan-stability.js'
import type { ScaleOptions } from './plan/projection/explain-at-scale.js'
import type { ExplainableStatement } from './plan/statement.js'
import { withProver } from './plan/provers.js'
import { createProver } from './create-prover.js'
import type { ProveFixOptions } from './prove-fix.js'
import type { InspectSchemaOptions } from './inspect-schema.js'
import type { StatisticsDump } from './plan/statistics-dump/statistics-dump.js'
import type { SchemaInspection } from './schema-check/schema-inspection.js'

/** A suite's database. */
export interface SuitePostgres extends PostgresFacts {
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
  /** The plan of a statement, with what it really read. Writes are rolled back. */
  readonly explain: (statement: ExplainableStatement, params?: readonly unknown[], options?: ExplainOptions) => Promise<Plan>
  /**
   * Looks for the index that a plan lacks: builds the candidates in a throw-away clone of the template, runs the statement again, and tells the
   * best with its buffers before and after and what it costs. Where the suite has other rows than the template, it is done in the suite's own
   * database, in a transaction that is rolled back.
   *
   * @throws {HotbedError} `ERR_HOTBED_OPTION`
   */
  readonly proveFix: (plan: Plan, options?: ProveFixOptions) => Promise<FixProof>
  /**
   * Looks for the smallest set of indexes that is of use to everything that a recording has seen: builds candidates for all of its statements, in
   * the same place as `proveFix`, and takes those that save most buffers, by how often each statement ran.
   *
   * @throws {HotbedError} `ERR_HOTBED_OPTION`
   */
  readonly adviseIndexes: (recording: Recording, options?: AdviseIndexesOptions) => Promise<IndexAdvice>
  /**
   * What is wrong with the schema, by its catalogue: foreign keys without an index, tables without a primary key, duplicate, redundant and invalid
   * indexes; over a recording also indexes that nothing used.
   *
   * @example
   * expect(await suite.postgres.inspectSchema()).not.toHaveSchemaFindings()
   *
   * @throws {HotbedError} `ERR_HOTBED_OPTION`; `ERR_HOTBED_EVIDENCE` for a recording without plans; `ERR_HOTBED_POSTGRES_EXTENSION` for bloat
   * where there is no pgstattuple
   */
  readonly inspectSchema: (options?: InspectSchemaOptions) => Promise<SchemaInspection>
  /**
   * For several sets of values, the plan made for them and the generic plan, both executed; and whether a prepared statement would go over to
   * the generic one. Writes are rolled back.
   *
   * @example
   * const stability = await suite.postgres.planStability('SELECT * FROM orders WHERE user_id = $1', { median: [17], heaviest: [3] })
   * expect(stability).toBeStable()
   */
  readonly planStability: (statement: ExplainableStatement, paramSets: ParameterSets, options?: StabilityOptions) => Promise<PlanStability>
  /**
   * The plan that PostgreSQL would choose if tables had this many rows, forecast from the rows of the template. Nothing is loaded or executed, and
   * this suite's database is not touched; what the test itself wrote is not seen.
   *
   * @example
   * const plan = await suite.postgres.explainAtScale(recentOrders, [42], { orders: 1_000_000_000, users: 10_000_000 })
   * expect(plan).toUseIndex('orders_user_id_created_at_idx')
   *
   * @param rows by table; tables that are left out are as they were seeded. Partitioned tables go by their own name
   * @throws {HotbedError} `ERR_HOTBED_OPTION`, `ERR_HOTBED_PROJECTION`, `ERR_HOTBED_PLAN`
   */
  readonly explainAtScale: (
    statement: ExplainableStatement,
    params: readonly unknown[] | undefined,
    rows: Readonly<Record<string, number>>,
    options?: ScaleOptions,
  ) => Promise<Plan>
  /**
   * Plans as another server does, by its statistics: what `hotbed statistics export` or `pg_dump --statistics-only` (18) wrote. Nothing is loaded or
   * executed, and this suite's database is not touched.
   *
   * @example
   * await using production = await suite.postgres.importStatistics('./production-statistics.json')
   * expect(await production.explain(recentOrders, [42])).toUseIndex('orders_user_id_created_at_idx')
   *
   * @param dump a path, the text of a dump, or the dump as a value
   * @throws {HotbedError} `ERR_HOTBED_OPTION`; `ERR_HOTBED_PLAN` for what is no dump, or has nothing of this schema; `ERR_HOTBED_PROJECTION` when the
   * server's files are out of reach
   */
  readonly importStatistics: (dump: string | URL | StatisticsDump) => Promise<ImportedStatistics>
}

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
    explain: async (statement, params, options) => {
      // Loaded by the first test that explains: a worker pays for each module in every test file.
      const { explain } = await import('./plan/explain.js')
      const session = await verbs.openSession()
      try {
        const plan = await explain({ query: (sql, values) => verbs.query(sql, values, session) }, statement, params, options)
        return withProver(plan, createProver({ verbs, owner: facts.user }))
      } finally {
        await verbs.closeSession(session)
      }
    },
    proveFix: createProver({ verbs, owner: facts.user }),
    adviseIndexes: async (recording, options) =>
      (await import('./advise-indexes.js')).adviseIndexes({ verbs, owner: facts.user }, recording, options),
    inspectSchema: async (options) => (await import('./inspect-schema.js')).inspectSchema(verbs, options),
    planStability: async (statement, paramSets, options) => {
      const { comparePlans } = await import('./plan/stability/compare-plans.js')
      const session = await verbs.openSession()
      try {
        return await comparePlans({ query: (sql, values) => verbs.query(sql, values, session) }, statement, paramSets, options)
      } finally {
        await verbs.closeSession(session)
      }
    },
    explainAtScale: async (statement, params, rows, options) => {
      const [{ checkScale, explainAtScale }, { withProjectionHost }] = await Promise.all([
        import('./plan/projection/explain-at-scale.js'),
        import('./with-projection-host.js'),
      ])
      checkScale(rows)
      return withProjectionHost(facts, verbs, (host) => explainAtScale(host, statement, params, rows, options))
    },
    importStatistics: async (dump) => (await import('./import-statistics.js')).importStatistics(facts, verbs, dump),
  }
}
