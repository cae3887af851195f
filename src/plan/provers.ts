import type { FixProof } from './advise/fix-proof.js'
import type { Plan } from './plan.js'

/** Looks for the index that a plan lacks, on the data that the plan is of. */
export type Prover = (plan: Plan, options: { readonly timeoutMs: number }) => Promise<FixProof>

/** Plans are frozen and plain data, and may outlive their suite: what can be done about one is remembered beside it. */
const PROVERS: unique symbol = Symbol.for('hotbed.provers')
const registry = globalThis as { [PROVERS]?: WeakMap<Plan, Prover> }

/** Remembers how a fix of `plan` is proved, and gives the plan back. */
export function withProver(plan: Plan, prover: Prover): Plan {
  ;(registry[PROVERS] ??= new WeakMap()).set(plan, prover)
  return plan
}

/** `undefined` for a plan that is of no open suite's data: parsed from text, projected, imported. */
export function findProver(plan: Plan): Prover | undefined {
  return registry[PROVERS]?.get(plan)
}
