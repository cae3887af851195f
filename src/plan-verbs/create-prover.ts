import type { FixProof } from '../plan/advise/fix-proof.js'
import type { Plan } from '../plan/plan.js'
import type { ProofSource } from './proof-place.js'
import type { ProveFixOptions } from './prove-fix.js'

/** Loaded when a fix is asked for: a worker pays for each module in every test file. */
export function createProver(source: ProofSource): (plan: Plan, options?: ProveFixOptions) => Promise<FixProof> {
  return async (plan, options) => (await import('./prove-fix.js')).proveFix(source, plan, options)
}
