import type { SuiteVerbs } from '../databases/suite-parts.js'
import type { PlanSession } from '../plan/session.js'

/** Lends a session of hotbed's own in the suite's database: of the owner, unless the superuser is asked for. Its transaction ends with it. */
export async function withSession<Result>(
  verbs: SuiteVerbs,
  use: (session: PlanSession) => Promise<Result>,
  as?: 'superuser',
): Promise<Result> {
  return lendSession(verbs, await verbs.openSession(as), verbs.closeSession, use)
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
