import { deepOffset } from './deep-offset.js'
import { inefficientIndex } from './inefficient-index.js'
import { missingIndex } from './missing-index.js'
import type { Smell } from './smell.js'
import { wrongIndexForOrder } from './wrong-index-for-order.js'

/** Every smell, in the order of the documentation. */
export const ALL_SMELLS: readonly Smell[] = [
  missingIndex, //
  inefficientIndex,
  wrongIndexForOrder,
  deepOffset,
]
