import { isRace, type Race } from '../wire/recording/race.js'

/** Evidence of a race between a fill and an invalidation. Participant 1 is the reader, 2 the writer, 3 the read afterwards. */
export interface InvalidationRace<Result = unknown> extends Race<Result> {
  readonly key: string
  /** `start` of the fill that was held. */
  readonly heldFill: number
  /** The position on the timeline after which the read afterwards began. */
  readonly readAgainAt: number
}

/** True for an `InvalidationRace`, also one made by another copy of the package. */
export function isInvalidationRace(value: unknown): value is InvalidationRace {
  return isRace(value) && 'heldFill' in value
}
