import type { StepKind } from '../stepping.js'

/** A step that could be taken now. */
export interface Candidate {
  readonly participant: number
  readonly kind: StepKind
  readonly text: string
  /** The request; undefined for `start`. */
  readonly point: number | undefined
}

/** Chooses among the steps that could be taken; there is at least one. A number: the planned step of this index is not among them. */
export type StepPicker = (candidates: readonly Candidate[]) => Candidate | number
