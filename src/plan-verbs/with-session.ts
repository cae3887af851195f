import type { PostgresFacts, SuiteVerbs } from '../databases/suite-parts.js'
import type { ProjectionHost } from '../plan/projection/open-projection.js'
import type { PlanSession } from '../plan/session.js'

/** Lends a session of hotbed's own in the suite's database: of the owner, unless the superuser is asked for. Its transaction ends with it. */
export async function withSession<Result>(
  verbs: SuiteVerbs,
  use: (session: PlanSession) => Promise<Result>,
  as?: 'superuser',
): Promise<Result> {
  return lendSession(verbs, await verbs.openSession(as), verbs.closeSession, use)
}

/** Lends a hollow throw-away clone of the suite's template to plan in, and drops it. The suite's own database is not touched. */
export async function withProjectionHost<Result>(
  { dataDirectory, user }: PostgresFacts,
  verbs: SuiteVerbs,
  use: (host: ProjectionHost) => Promise<Result>,
): Promise<Result> {
  return lendSession(verbs, await verbs.openThrowAway('hollow'), verbs.closeThrowAway, ({ query }) =>
    use({ query, dataDirectory, role: user, project: (rows) => verbs.project(rows) }),
  )
}

/** Lends a session that is open, and closes it in any case. */
export async function lendSession<Result>(
  verbs: SuiteVerbs,
  session: number,
  close: (session: number) => Promise<void>,
  use: (session: PlanSession) => Promise<Result>,
): Promise<Result> {
  try {
    return await use({ query: (sql, values) => verbs.query(sql, values, session) })
  } finally {
    await close(session)
  }
}
