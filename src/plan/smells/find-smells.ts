import type { Plan } from '../plan.js'
import { ALL_SMELLS } from './all-smells.js'
import type { Smell, SmellFinding } from './smell.js'

/** One place in a plan that smells. */
export interface FoundSmell {
  readonly smell: Smell
  readonly finding: SmellFinding
}

/** Every smell of a plan, in the order of the catalogue. */
export function findSmells(plan: Plan, smells: readonly Smell[] = ALL_SMELLS): readonly FoundSmell[] {
  return smells.flatMap((smell) => smell.find(plan).map((finding) => ({ smell, finding })))
}
