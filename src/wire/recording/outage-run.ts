import { plural } from '../../primitives/plural.js'
import type { OutageMode } from '../outage.js'
import type { OutcomeEvidence } from './outcome-evidence.js'
import { isRecording } from './recording.js'

/** What is known of an outage beside the recording. */
export interface OutageFacts {
  readonly scenario: 'outage'
  readonly store: 'postgres' | 'redis'
  readonly mode: OutageMode
  /** How many requests and connections the outage hit while this was recorded. */
  readonly struck: number
  /** So long those who asked were given to settle, in milliseconds. */
  readonly deadlineMs: number
}

/** Evidence of `outage.record`: what was asked while a store was out, and what became of it. Immutable. */
export interface OutageRun<Result = unknown> extends OutcomeEvidence<Result>, OutageFacts {
  readonly scenario: 'outage'
}

/** True for an `OutageRun`, also one made by another copy of the package. */
export function isOutageRun(value: unknown): value is OutageRun {
  return isRecording(value) && 'scenario' in value && value.scenario === 'outage' && 'struck' in value
}

/** `outage of redis (hang): 3 requests and connections struck` */
export function outageText({ store, mode, struck }: Pick<OutageFacts, 'store' | 'mode' | 'struck'>): string {
  return `outage of ${store} (${mode}): ${struck === 0 ? 'no request or connection' : plural(struck, 'request or connection', 'requests and connections')} struck`
}
