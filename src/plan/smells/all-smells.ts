import { missingIndex } from './missing-index.js'
import type { Smell } from './smell.js'

/** Every smell, in the order of the documentation. */
export const ALL_SMELLS: readonly Smell[] = [
  missingIndex, //
]
