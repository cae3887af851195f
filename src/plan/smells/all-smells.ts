import { nonSargablePredicate } from './non-sargable-predicate.js'
import { leadingWildcard } from './leading-wildcard.js'
import { avoidableSort } from './avoidable-sort.js'
import { noPartitionPruning } from './no-partition-pruning.js'
import { memoizeThrash } from './memoize-thrash.js'
import { jitOnCheapQuery } from './jit-on-cheap-query.js'
import { tooFewWorkers } from './too-few-workers.js'
import { triggerCost } from './trigger-cost.js'
import { cascadeWithoutIndex } from './cascade-without-index.js'
import { overFetch } from './over-fetch.js'
import { writeAmplification } from './write-amplification.js'
import { upsertChurn } from './upsert-churn.js'
import { wideRowLocking } from './wide-row-locking.js'
import { plannerOverload } from './planner-overload.js'
import { bloat } from './bloat.js'
import { missingIndex } from './missing-index.js'
import type { Smell } from './smell.js'

/** Every smell, in the order of the documentation. */
export const ALL_SMELLS: readonly Smell[] = [
  missingIndex, //
  nonSargablePredicate,
  leadingWildcard,
  avoidableSort,
  noPartitionPruning,
  memoizeThrash,
  jitOnCheapQuery,
  tooFewWorkers,
  triggerCost,
  cascadeWithoutIndex,
  overFetch,
  writeAmplification,
  upsertChurn,
  wideRowLocking,
  plannerOverload,
  bloat,
]
