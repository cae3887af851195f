import type { OutcomeEvidence } from './outcome-evidence.js'
import { isRecording } from './recording.js'

/** All who are left hold a connection, or none, and wait for one more. */
export interface PoolDeadlock {
  /**
   * `certain`: by the pool's own count at least as many requests wait for a connection as participants are left. `suspected`: every connection is idle
   * in a transaction, and nothing was asked for a while.
   */
  readonly certainty: 'certain' | 'suspected'
  /** The connections that are held. */
  readonly connections: readonly number[]
  /** How many wait for a connection. Undefined: no pool was handed over. */
  readonly waiting: number | undefined
  /** Participants who had not settled. */
  readonly unsettled: number
  /** When it was found, in milliseconds since the participants were started. */
  readonly afterMs: number
}

export interface HoldAndWaitFacts {
  readonly scenario: 'hold-and-wait'
  /** Undefined: all settled, or there was none until the deadline. */
  readonly deadlock: PoolDeadlock | undefined
  /** How many connections the pools may have together. Undefined: not known. */
  readonly poolSize: number | undefined
  readonly deadlineMs: number
}

/** Evidence of `suite.holdAndWait`: what those did who share a pool. It ends at a deadlock, not at the pool's time-out. Immutable. */
export interface HoldAndWait<Result = unknown> extends OutcomeEvidence<Result>, HoldAndWaitFacts {
  readonly scenario: 'hold-and-wait'
}

/** True for a `HoldAndWait`, also one made by another copy of the package. */
export function isHoldAndWait(value: unknown): value is HoldAndWait {
  return isRecording(value) && 'scenario' in value && value.scenario === 'hold-and-wait' && 'deadlock' in value
}
