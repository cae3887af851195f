import type { OutcomeEvidence } from './outcome-evidence.js'
import { isRecording } from './recording.js'

export interface RecoveryFacts {
  readonly scenario: 'recovery'
  /** So often the application was asked at most. */
  readonly attempts: number
}

/** Evidence of `suite.recover`: the attempts after a store came back, one after the other, up to the first that succeeded. Immutable. */
export interface Recovery<Result = unknown> extends OutcomeEvidence<Result>, RecoveryFacts {
  readonly scenario: 'recovery'
}

/** True for a `Recovery`, also one made by another copy of the package. */
export function isRecovery(value: unknown): value is Recovery {
  return isRecording(value) && 'scenario' in value && value.scenario === 'recovery' && 'attempts' in value
}
