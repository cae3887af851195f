import type { Outcome } from './race.js'
import { isRecording, type Recording } from './recording.js'

/** What became of one run of an operation, and between which positions of the timeline it ran. */
export type Operation<Result = unknown> = Outcome<Result> & {
  readonly startedAt: number
  /** Undefined: it had not settled at the deadline. */
  readonly settledAt: number | undefined
}

/** Evidence of `suite.repeat`: an operation that was tried several times, whatever became of it. Immutable. */
export interface Operations<Result = unknown> extends Recording<readonly Operation<Result>[]> {
  readonly scenario: 'repeat'
  /** In the order in which they began. The same as `result`. Fewer than were asked for: one had not settled at the deadline. */
  readonly outcomes: readonly Operation<Result>[]
  /** All were begun at the same time. */
  readonly atOnce: boolean
}

/** True for `Operations`, also ones made by another copy of the package. */
export function isOperations(value: unknown): value is Operations {
  return isRecording(value) && 'scenario' in value && value.scenario === 'repeat' && 'atOnce' in value
}

export function createOperations<Result>(recording: Recording<readonly Operation<Result>[]>, atOnce: boolean): Operations<Result> {
  const facts = { scenario: 'repeat' as const, outcomes: recording.result, atOnce }
  const operations: Operations<Result> = Object.defineProperties({ ...facts } as Operations<Result>, {
    ...Object.getOwnPropertyDescriptors(recording),
    toJSON: { value: () => ({ ...facts, ...recording.toJSON() }) },
  })
  return Object.freeze(operations)
}
