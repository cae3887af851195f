import type { Match } from '../wire/match.js'
import { isRace, type Race } from '../wire/recording/race.js'

/** Evidence of a stampede. */
export interface StampedeRace<Result = unknown> extends Race<Result> {
  readonly key: string
  readonly load: Match
}

/** True for a `StampedeRace`, also one made by another copy of the package. */
export function isStampedeRace(value: unknown): value is StampedeRace {
  return isRace(value) && 'load' in value
}
