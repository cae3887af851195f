import type { PostgresFacts, SuiteVerbs } from '../databases/suite-parts.js'
import type { ProjectionHost } from '../plan/projection/open-projection.js'
import type { SeededDatabase } from '../plan/projection/read-seeded.js'
import { lendSession } from './with-session.js'

/** What was learned of the template of each suite. A template does not change. */
const memories = new WeakMap<SuiteVerbs, Map<string, SeededDatabase>>()

/** Lends a hollow throw-away clone of the suite's template to plan in, and drops it. The suite's own database is not touched. */
export async function withProjectionHost<Result>(
  { dataDirectory, user }: PostgresFacts,
  verbs: SuiteVerbs,
  use: (host: ProjectionHost) => Promise<Result>,
): Promise<Result> {
  const memory = memories.get(verbs) ?? new Map<string, SeededDatabase>()
  memories.set(verbs, memory)
  return lendSession(verbs, await verbs.openThrowAway('hollow'), verbs.closeThrowAway, ({ query }) =>
    use({ query, dataDirectory, role: user, memory, project: (rows) => verbs.project(rows) }),
  )
}
