import { isRace, type Race } from '../wire/recording/race.js'

/** A lease that ran out while its holder was paused, and what was written afterwards. */
export interface OutlivedLease {
  /** The keys of the lock, which had expired when the successor came. */
  readonly keys: readonly string[]
  /** How long the lease still had when it was made to run out. */
  readonly remainingMs: number
  /** `start` of the holder's write that was held, on the timeline. Undefined: it was not recorded. */
  readonly heldWrite: number | undefined
  /** `start` of the writes that came while it was held: those of the successor. */
  readonly writesMeanwhile: readonly number[]
}

/** Evidence of `suite.outliveLease`: participant 1 is the holder, 2 its successor. */
export interface LeaseRace<Result = unknown> extends Race<Result> {
  readonly lease: OutlivedLease
}

/** True for a `LeaseRace`, also one made by another copy of the package. */
export function isLeaseRace(value: unknown): value is LeaseRace {
  return isRace(value) && 'lease' in value
}
