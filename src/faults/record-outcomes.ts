import type { SuiteParts } from '../databases/suite-parts.js'
import { wrongOption } from '../primitives/options.js'
import { checkDeadline } from '../scenarios/scenario.js'
import { record } from '../tap-verbs/record.js'
import type { WatchedPool } from '../tap-verbs/watch-pools.js'
import type { TimedOutcome } from '../wire/recording/outcome-evidence.js'
import type { Recording } from '../wire/recording/recording.js'
import { createTimedParticipants, type TimedParticipants } from './timed-participants.js'

/** What all that let participants ask, and never reject for what these do, take. */
export interface OutcomeOptions {
  /** Who has not settled by then is unsettled, in milliseconds. @default 5000 */
  readonly deadlineMs?: number
  /** Whether statements bring the plan they really ran with. @default false */
  readonly plans?: boolean
}

export const DEFAULT_DEADLINE_MS = 5_000
/** A client that connects again and again is never quiet. */
const CLOSE_MS = 1_000

/** @throws {HotbedError} `ERR_HOTBED_OPTION` */
export function checkOutcomeOptions(act: unknown, { deadlineMs = DEFAULT_DEADLINE_MS, plans }: OutcomeOptions): void {
  if (typeof act !== 'function') throw wrongOption('fn', 'a function that asks the application', act)
  checkDeadline(deadlineMs)
  if (plans !== undefined && typeof plans !== 'boolean') throw wrongOption('plans', 'true or false', plans)
}

/** Records what participants do: `run` starts them, and settles when they have, or have had their time. */
export async function recordOutcomes<Result>(
  parts: SuiteParts,
  act: (participant: number) => Promise<Result> | Result,
  run: (participants: TimedParticipants<Result>) => Promise<void>,
  { plans = false, pools = [] }: Pick<OutcomeOptions, 'plans'> & { readonly pools?: readonly WatchedPool[] },
): Promise<Recording<readonly TimedOutcome<Result>[]>> {
  const participants = createTimedParticipants(act)
  return record(
    parts,
    async () => {
      await run(participants)
      return participants.outcomes()
    },
    { plans, pools, deadlineMs: CLOSE_MS },
  )
}
