import type { WeighedValues } from '../databases/template-dataset.js'
import { explain } from '../plan/explain.js'
import { withProver } from '../plan/provers.js'
import type { PlanSession } from '../plan/session.js'
import { HotbedError } from '../primitives/error.js'
import { createProver } from './create-prover.js'
import type { ProofSource } from './proof-place.js'
import type { SuitePlans } from './suite-plans.js'

/** The verbs of a suite that is one transaction: all that one connection can answer, within it. */
export function createTransactionPlans(source: ProofSource & { readonly transaction: PlanSession }): SuitePlans {
  const { transaction } = source
  const proveFix = createProver(source)
  return {
    explain: async (statement, params, options) =>
      withProver(await explain(transaction, statement, params, { ...options, insideTransaction: true }), proveFix),
    proveFix,
    adviseIndexes: async (recording, options) => (await import('./advise-indexes.js')).adviseIndexes(source, recording, options),
    inspectSchema: async (options) => (await import('./inspect-schema.js')).inspectSchemaInside(transaction, options),
    planStability: async (statement, paramSets, options) => {
      const { comparePlans } = await import('../plan/stability/compare-plans.js')
      return comparePlans(transaction, statement, paramSets, { ...options, insideTransaction: true })
    },
    explainAtScale: refuseInside('a plan at scale is made in a database of its own, from the template'),
    planGrowth: refuseInside('plans at other sizes are made in a database of its own, from the template'),
    weighValues: async <Value>(column: string) => (await source.verbs.weigh(column)) as WeighedValues<Value>,
    importStatistics: refuseInside('with imported statistics plans are made in a database of its own, from the template'),
  }
}

/** A verb that one transaction cannot have, and why. */
export function refuseInside(why: string, instead: 'clone' | 'server' = 'clone'): () => Promise<never> {
  return () =>
    Promise.reject(
      new HotbedError('ERR_HOTBED_ISOLATION', {
        message: `Isolation 'rollback' is one transaction; ${why}.`,
        remedy: `Use isolation: '${instead}'.`,
      }),
    )
}
