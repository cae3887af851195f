import type { OutageMode } from '../outage.js'
import type { Outcome } from './race.js'
import { isRecording, type Recording } from './recording.js'

/** What became of one who asked, and when. */
export type TimedOutcome<Result = unknown> = Outcome<Result> & {
  /** How long it took to settle, in milliseconds of real time. Undefined: it had not settled at the deadline. */
  readonly settledMs: number | undefined
}

/** Evidence of `outage.record`: what was asked while a store was out, and what became of it. Immutable. */
export interface OutageRun<Result = unknown> extends Recording<readonly TimedOutcome<Result>[]> {
  readonly scenario: 'outage'
  readonly store: 'postgres' | 'redis'
  readonly mode: OutageMode
  /** In the order of the participants. The same as `result`. */
  readonly outcomes: readonly TimedOutcome<Result>[]
  /** How many requests and connections the outage hit while this was recorded. */
  readonly struck: number
  /** So long those who asked were given to settle. */
  readonly deadlineMs: number
}

/** True for an `OutageRun`, also one made by another copy of the package. */
export function isOutageRun(value: unknown): value is OutageRun {
  return isRecording(value) && 'scenario' in value && value.scenario === 'outage' && 'struck' in value
}
