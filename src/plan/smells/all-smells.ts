import { deepOffset } from './deep-offset.js'
import { hashAggregateSpill } from './hash-aggregate-spill.js'
import { hashSpill } from './hash-spill.js'
import { indexOnlyScanVisitsTable } from './index-only-scan-visits-table.js'
import { inefficientIndex } from './inefficient-index.js'
import { lossyBitmap } from './lossy-bitmap.js'
import { missingIndex } from './missing-index.js'
import type { Smell } from './smell.js'
import { sortSpill } from './sort-spill.js'
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
]
