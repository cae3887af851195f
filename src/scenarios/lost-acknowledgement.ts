import type { HeldJob } from '../queues/return-job.js'
import { isRace, type Race } from '../wire/recording/race.js'
import type { EffectCounts } from './commit-runs.js'

/**
 * Evidence of a job whose worker was gone between its effect and the acknowledgement, and which was delivered again. Participant 1 added the job,
 * 2 started another worker.
 */
export interface LostAcknowledgement<Result = unknown> extends Race<Result> {
  readonly job: HeldJob
  readonly effects: {
    readonly before: EffectCounts
    /** When the first worker came to acknowledge it. */
    readonly once: EffectCounts
    /** When the second delivery was over. */
    readonly again: EffectCounts
  }
  /** The position on the timeline after which it was delivered again. */
  readonly returnedAt: number
}

/** True for a `LostAcknowledgement`, also one made by another copy of the package. */
export function isLostAcknowledgement(value: unknown): value is LostAcknowledgement {
  return isRace(value) && 'returnedAt' in value
}
