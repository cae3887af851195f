import { avoidableSort } from './avoidable-sort.js'
import { bloat } from './bloat.js'
import { cascadeWithoutIndex } from './cascade-without-index.js'
import { correlatedSubquery } from './correlated-subquery.js'
import { deepOffset } from './deep-offset.js'
import { disabledNode } from './disabled-node.js'
import { estimateOfOne } from './estimate-of-one.js'
import { hashAggregateSpill } from './hash-aggregate-spill.js'
import { hashSpill } from './hash-spill.js'
import { indexOnlyScanVisitsTable } from './index-only-scan-visits-table.js'
import { inefficientIndex } from './inefficient-index.js'
import { jitOnCheapQuery } from './jit-on-cheap-query.js'
import { joinFilterDiscards } from './join-filter-discards.js'
import { leadingWildcard } from './leading-wildcard.js'
import { lossyBitmap } from './lossy-bitmap.js'
import { memoizeThrash } from './memoize-thrash.js'
import { missingIndex } from './missing-index.js'
import { nestedLoopBlowUp } from './nested-loop-blow-up.js'
import { noPartitionPruning } from './no-partition-pruning.js'
import { nonSargablePredicate } from './non-sargable-predicate.js'
import { overFetch } from './over-fetch.js'
import { plannerOverload } from './planner-overload.js'
import { rowMisestimate } from './row-misestimate.js'
import type { Smell } from './smell.js'
import { sortSpill } from './sort-spill.js'
import { staleStatistics } from './stale-statistics.js'
import { tooFewWorkers } from './too-few-workers.js'
import { triggerCost } from './trigger-cost.js'
import { upsertChurn } from './upsert-churn.js'
import { wideRowLocking } from './wide-row-locking.js'
import { writeAmplification } from './write-amplification.js'
import { wrongIndexForOrder } from './wrong-index-for-order.js'

/** Every smell, in the order of the documentation. */
export const ALL_SMELLS: readonly Smell[] = [
  missingIndex,
  inefficientIndex,
  wrongIndexForOrder,
  deepOffset,
  sortSpill,
  hashSpill,
  hashAggregateSpill,
  lossyBitmap,
  indexOnlyScanVisitsTable,
  rowMisestimate,
  estimateOfOne,
  nestedLoopBlowUp,
  joinFilterDiscards,
  correlatedSubquery,
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
  staleStatistics,
  disabledNode,
]
