import type { PostgresFacts, SuiteVerbs } from '../databases/suite-parts.js'
import { errorFields } from '../primitives/error-fields.js'
import { HotbedError, isHotbedError } from '../primitives/error.js'
import type { ProjectionHost } from '../plan/projection/open-projection.js'
import type { SeededDatabase } from '../plan/projection/read-seeded.js'
import { requireFiles } from './require-files.js'
import { lendSession } from './with-session.js'

/** What was learned of the template of each suite. A template does not change. */
const memories = new WeakMap<SuiteVerbs, Map<string, SeededDatabase>>()

/** Lends a hollow throw-away clone of the suite's template to plan in, and drops it. The suite's own database is not touched. */
export async function withProjectionHost<Result>(
  facts: PostgresFacts,
  verbs: SuiteVerbs,
  use: (host: ProjectionHost) => Promise<Result>,
): Promise<Result> {
  const dataDirectory = requireFiles(facts, 'A plan at a size that was never loaded')
  const { user } = facts
  const memory = memories.get(verbs) ?? new Map<string, SeededDatabase>()
  memories.set(verbs, memory)
  const session = await verbs.openThrowAway('hollow')
  return lendSession(verbs, session, verbs.closeThrowAway, ({ query }) =>
    use({ query, dataDirectory, role: user, memory, project: (rows) => verbs.project(rows) }).catch((error: unknown) => {
      throw projectionFailure(error)
    }),
  )
}

/** What PostgreSQL or the file system refused on the way to a projection. Errors of ours are told as they are. */
export function projectionFailure(error: unknown): unknown {
  const { message, code } = errorFields(error)
  if (isHotbedError(error) || code === undefined) return error
  return new HotbedError('ERR_HOTBED_PROJECTION', {
    message: `The projection could not be made: ${message} (${code}).`,
    remedy:
      'Nothing of it remains, and the suite is as it was: try again. If it happens every time, explain on rows that are really loaded.',
    cause: error,
  })
}
