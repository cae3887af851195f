import type { PostgresFacts, SuiteVerbs } from './databases/suite-parts.js'
import type { ProjectionHost } from './plan/projection/open-projection.js'

/** Lends a hollow throw-away clone of the suite's template to plan in, and drops it. The suite's own database is not touched. */
export async function withProjectionHost<T>(
  facts: PostgresFacts,
  verbs: SuiteVerbs,
  use: (host: ProjectionHost) => Promise<T>,
): Promise<T> {
  const session = await verbs.openThrowAway('hollow')
  try {
    return await use({
      query: (sql, values) => verbs.query(sql, values, session),
      dataDirectory: facts.dataDirectory,
      role: facts.user,
      project: (rows) => verbs.project(rows),
    })
  } finally {
    await verbs.closeThrowAway(session)
  }
}
