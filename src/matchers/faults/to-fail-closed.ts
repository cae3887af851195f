import { plural } from '../../primitives/plural.js'
import { makeVerdict, type MatcherVerdict } from '../message/verdict.js'
import { requireSeenApplication } from '../recording/countable.js'
import { timelineLines } from '../recording/recording-excerpt.js'
import { readGuardedOperation } from './guarded-operation.js'
import { outcomeLines, readOutageRun, waitingLines } from './outage-evidence.js'

/**
 * Passes when the operation was refused because its guard (a limiter, a lock) was out: every participant was rejected, or answered with 4xx or 5xx,
 * and nothing was committed in Postgres.
 *
 * @throws {HotbedError} `ERR_HOTBED_EVIDENCE` for what is not from `outage.record`, where nothing met the outage, or where the application has never
 *   come through the tap
 */
export function toFailClosed(received: unknown): MatcherVerdict {
  const run = readOutageRun(received, 'toFailClosed')
  const { accepted, refused, unsettled, writes, lines } = readGuardedOperation(run)
  if (writes.length === 0) requireSeenApplication(run, 'toFailClosed')
  const isRefused = refused.length === run.outcomes.length
  return makeVerdict(
    isRefused && writes.length === 0,
    () => [
      isRefused
        ? `All were refused, and ${plural(writes.length, 'write')} committed all the same: the guard does not fail closed.`
        : `${refused.length} of ${plural(run.outcomes.length, 'participant')} refused, expected all: the guard does not fail closed.`,
      ...lines,
      ...outcomeLines([...unsettled, ...accepted]),
      ...waitingLines(run),
      ...(writes.length > 0 ? timelineLines(run, writes.slice(0, 1)) : []),
    ],
    () => [
      `All of ${plural(run.outcomes.length, 'participant')} refused and nothing committed, expected that the guard does not fail closed.`,
      ...lines,
      ...outcomeLines(refused),
    ],
  )
}
