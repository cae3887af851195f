import type { PostgresFacts, SuiteVerbs } from '../databases/suite-parts.js'
import type { WeighedValues } from '../databases/template-dataset.js'
import type { FixProof } from '../plan/advise/fix-proof.js'
import type { IndexAdvice } from '../plan/advise/index-advice.js'
import type { ExplainOptions } from '../plan/explain.js'
import type { PlanGrowthOptions } from '../plan/growth/grow-plans.js'
import type { PlanGrowth } from '../plan/growth/plan-growth.js'
import type { GrowthRange } from '../plan/growth/size-ladder.js'
import type { ParameterSets } from '../plan/parameter-sets.js'
import type { Plan } from '../plan/plan.js'
import type { ScaleOptions } from '../plan/projection/explain-at-scale.js'
import { withProver } from '../plan/provers.js'
import type { StabilityOptions } from '../plan/stability/compare-plans.js'
import type { PlanStability } from '../plan/stability/plan-stability.js'
import type { ExplainableStatement } from '../plan/statement.js'
import type { StatisticsDump } from '../plan/statistics-dump/statistics-dump.js'
import type { SchemaInspection } from '../schema-check/schema-inspection.js'
import type { Recording } from '../wire/recording/recording.js'
import type { AdviseIndexesOptions } from './advise-indexes.js'
import { createProver } from './create-prover.js'
import type { ImportedStatistics } from './import-statistics.js'
import type { InspectSchemaOptions } from './inspect-schema.js'
import type { ProveFixOptions } from './prove-fix.js'
import { withProjectionHost } from './with-projection-host.js'
import { withSession } from './with-session.js'

/** What a suite's database can tell of plans and of its schema. */
export interface SuitePlans {
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
   * How the plan goes on while tables grow: at 12 sizes or more from the rows of the template up to `upTo`, with every flip narrowed down to 2 %.
   * A forecast, as of `explainAtScale`: nothing is loaded or executed unless `confirm` is set.
   *
   * @example
   * const growth = await suite.postgres.planGrowth(recentOrders, { median: [17], heaviest: [3] }, { orders: { upTo: 1_000_000_000 } })
   * expect(growth).toKeepItsPlan()
   *
   * @param values the values of the statement, or several sets of them by name
   * @param rows from where to where tables grow, by table: all of them together, each by equal factors
   * @throws {HotbedError} `ERR_HOTBED_OPTION`, `ERR_HOTBED_PROJECTION`, `ERR_HOTBED_PLAN`
   */
  readonly planGrowth: (
    statement: ExplainableStatement,
    values: readonly unknown[] | Readonly<Record<string, readonly unknown[]>> | undefined,
    rows: Readonly<Record<string, GrowthRange>>,
    options?: PlanGrowthOptions,
  ) => Promise<PlanGrowth>
  /**
   * Which values of a column have the most rows, the middle of all and the fewest, as the dataset of the stack has it; no query is needed. Named
   * so, they go on meaning the same users when the tables grow.
   *
   * @example
   * const users = await suite.postgres.weighValues('orders.user_id')
   * const growth = await suite.postgres.planGrowth(
   *   recentOrders,
   *   { heaviest: [users.heaviest], median: [users.median] },
   *   { orders: { upTo: 1_000_000_000 } },
   * )
   *
   * @param column a table and its column
   * @throws {HotbedError} `ERR_HOTBED_OPTION` for a stack without a dataset; `ERR_HOTBED_DATASET` for a column that it does not write
   */
  readonly weighValues: <Value = unknown>(column: string) => Promise<WeighedValues<Value>>
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

/** Each verb is loaded by the first test that uses it: a worker pays for each module in every test file. */
export function createSuitePlans(facts: PostgresFacts, verbs: SuiteVerbs): SuitePlans {
  const source = { verbs, owner: facts.user }
  const proveFix = createProver(source)
  const explain: SuitePlans['explain'] = async (statement, params, options) => {
    const run = (await import('../plan/explain.js')).explain
    return withProver(await withSession(verbs, (session) => run(session, statement, params, options)), proveFix)
  }
  return {
    explain,
    proveFix,
    adviseIndexes: async (recording, options) => (await import('./advise-indexes.js')).adviseIndexes(source, recording, options),
    inspectSchema: async (options) => (await import('./inspect-schema.js')).inspectSchema(verbs, options),
    planStability: async (statement, paramSets, options) => {
      const { comparePlans } = await import('../plan/stability/compare-plans.js')
      return withSession(verbs, (session) => comparePlans(session, statement, paramSets, options))
    },
    explainAtScale: async (statement, params, rows, options) => {
      const { checkScale, explainAtScale } = await import('../plan/projection/explain-at-scale.js')
      checkScale(rows)
      return withProjectionHost(facts, verbs, (host) => explainAtScale(host, statement, params, rows, options))
    },
    planGrowth: async (statement, values, rows, options) => {
      const { growPlans, readPlanGrowth } = await import('../plan/growth/grow-plans.js')
      const request = readPlanGrowth(statement, values, rows, options)
      const growth = await withProjectionHost(facts, verbs, (host) => growPlans(host, request))
      if (options?.confirm !== true) return growth
      const { confirmFlips } = await import('../plan/growth/confirm-flips.js')
      const { generic = false, settings = {}, timeoutMs = 30_000 } = options
      const explainReal = (params: readonly unknown[]) => explain(statement, params, { generic, settings, timeoutMs })
      return confirmFlips(growth, { grow: verbs.grow, explain: explainReal })
    },
    weighValues: async <Value>(column: string) => (await verbs.weigh(column)) as WeighedValues<Value>,
    importStatistics: async (dump) => (await import('./import-statistics.js')).importStatistics(facts, verbs, dump),
  }
}
