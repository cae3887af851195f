import { plural } from '../../primitives/plural.js'
import type { PlanTable } from '../plan.js'
import { FEW_PAGES } from './rows-examined.js'

/** From twice the size on, and from half of it down, what was once counted says little. */
const FACTOR = 2

/** What is wrong with the statistics of a table, in a few words; `undefined` when nothing is, or when the table is small. */
export function staleness({ reltuples, relpages, pages, partitioned }: PlanTable): string | undefined {
  if (partitioned || Math.max(relpages, pages) <= FEW_PAGES) return undefined
  if (reltuples < 0) return 'was never analysed'
  if (relpages === 0) return `was empty when it was last analysed, and has ${count(pages)} now`
  if (pages >= FACTOR * relpages || relpages >= FACTOR * pages)
    return `had ${count(relpages)} when it was last analysed, and has ${count(pages)} now`
  return undefined
}

function count(pages: number): string {
  return plural(pages, 'page')
}
