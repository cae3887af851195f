import { isRace, type Race } from '../wire/recording/race.js'

/** Numbers by name that tell how often something has happened. */
export type EffectCounts = Readonly<Record<string, number>>

/** One of the two runs. */
export interface CutRun {
  /** Before the server got the request, or after it had carried it out. */
  readonly cut: 'before' | 'after'
  /** Between these positions of the timeline. */
  readonly from: number
  readonly to: number
  readonly effectBefore: EffectCounts
  readonly effectAfter: EffectCounts
}

/** Evidence of both runs. Participant 1 is the run that was cut before, 2 the one that was cut after. */
export interface AmbiguousCommit<Result = unknown> extends Race<Result> {
  readonly runs: readonly CutRun[]
}

/** True for an `AmbiguousCommit`, also one made by another copy of the package. */
export function isAmbiguousCommit(value: unknown): value is AmbiguousCommit {
  return isRace(value) && 'runs' in value
}
