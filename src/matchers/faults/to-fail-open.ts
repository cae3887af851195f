import { plural } from '../../primitives/plural.js'
import { makeVerdict, type MatcherVerdict } from '../message/verdict.js'
import { readGuardedOperation } from './guarded-operation.js'
import { outcomeLines, readOutageRun, waitingLines } from './outage-evidence.js'

/**
 * Passes when the operation was let through although its guard (a limiter, a lock) was out: every participant was fulfilled, and where the answer has
 * a status, it is below 400.
 *
 * @throws {HotbedError} `ERR_HOTBED_EVIDENCE` for what is not from `outage.record`, or where nothing met the outage
 */
export function toFailOpen(received: unknown): MatcherVerdict {
  const run = readOutageRun(received, 'toFailOpen')
  const { accepted, refused, unsettled, lines } = readGuardedOperation(run)
  return makeVerdict(
    accepted.length === run.outcomes.length,
    () => [
      `${accepted.length} of ${plural(run.outcomes.length, 'participant')} let through, expected all: the guard does not fail open.`,
      ...lines,
      ...outcomeLines([...unsettled, ...refused]),
      ...waitingLines(run),
    ],
    () => [
      `All of ${plural(run.outcomes.length, 'participant')} let through without the guard, expected that it does not fail open.`,
      ...lines,
      ...outcomeLines(accepted),
    ],
  )
}
