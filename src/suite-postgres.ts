import type { PostgresFacts, SuiteVerbs } from './databases/suite-parts.js'
import type { QueryResult } from './databases/sql-client.js'
import { explain, type ExplainOptions, type ExplainableStatement } from './plan/explain.js'
import type { Plan } from './plan/plan.js'

/** A suite's database. */
export interface SuitePostgres extends PostgresFacts {
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
  /** The plan of a statement, with what it really read. Writes are rolled back. */
  readonly explain: (statement: ExplainableStatement, params?: readonly unknown[], options?: ExplainOptions) => Promise<Plan>
}

export function createSuitePostgres(facts: PostgresFacts, verbs: SuiteVerbs): SuitePostgres {
  return {
    ...facts,
    query: async <Row extends object>(sql: string, params?: readonly unknown[]) => (await verbs.query(sql, params)) as QueryResult<Row>,
    explain: async (statement, params, options) => {
      const session = await verbs.openSession()
      try {
        return await explain({ query: (sql, values) => verbs.query(sql, values, session) }, statement, params, options)
      } finally {
        await verbs.closeSession(session)
      }
    },
  }
}
