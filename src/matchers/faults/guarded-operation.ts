import { readCommittedWrites } from '../../wire/recording/committed-writes.js'
import type { TimedOutcome } from '../../wire/recording/outcome-evidence.js'
import { outageText, type OutageRun } from '../../wire/recording/outage-run.js'
import type { Statement } from '../../wire/recording/recording.js'
import { windowLine } from '../recording/recording-excerpt.js'
import { isAnswered } from './outage-evidence.js'

/** What became of an operation whose guard, a limiter or a lock, was out. */
export interface GuardedOperation {
  /** Fulfilled, and with no status of 400 and more. */
  readonly accepted: readonly TimedOutcome[]
  /** Rejected, or answered with 4xx or 5xx. */
  readonly refused: readonly TimedOutcome[]
  readonly unsettled: readonly TimedOutcome[]
  /** What was committed in Postgres. */
  readonly writes: readonly Statement[]
  readonly lines: readonly string[]
}

export function readGuardedOperation(run: OutageRun): GuardedOperation {
  const unsettled = run.outcomes.filter(({ status }) => status === 'unsettled')
  const accepted = run.outcomes.filter((outcome) => isAnswered(outcome, (status) => status < 400))
  const refused = run.outcomes.filter((outcome) => !unsettled.includes(outcome) && !accepted.includes(outcome))
  const writes = readCommittedWrites(run.statements).map(({ statement }) => statement)
  const lines = [
    `  ${outageText(run)}`,
    windowLine(run),
    `  ${accepted.length} accepted, ${refused.length} refused, ${unsettled.length} unsettled; ${writes.length} committed in postgres`,
  ]
  return { accepted, refused, unsettled, writes, lines }
}
