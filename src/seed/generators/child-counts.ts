import type { Draws } from '../../primitives/random.js'
import { permutationOf } from './order-key.js'
import { poissonQuantile } from './poisson.js'

/** How the rows of a table are shared out among their parents. */
export type PerParent = 'fixed' | 'poisson' | { readonly zipf: number }

export interface ChildCounts {
  /** The parent of a child: children of one parent stand together, and every child has one. */
  readonly parentOf: (child: number) => number
  /** The parents with the most children, where known. */
  readonly hottest?: (count: number) => readonly number[]
}

/** Sums are kept for every 64th parent only; those between are added up again. */
const BLOCK = 64

export function createChildCounts(perParent: PerParent, parents: number, children: number, draws: Draws): ChildCounts {
  if (perParent === 'fixed') return { parentOf: (child) => Math.floor((child * parents) / children) }
  const permutation = permutationOf(draws, parents)
  const weight =
    perParent === 'poisson' ? poissonWeight(parents, children, draws) : (parent: number) => (permutation(parent) + 1) ** -perParent.zipf
  const parentOf = bySums(weight, parents, children)
  if (perParent === 'poisson') return { parentOf }
  return {
    parentOf,
    hottest: (count) => {
      // The permutation says which rank a parent has; the few best are found by asking all.
      const best = Array.from<number>({ length: Math.min(count, parents) })
      for (let parent = 0; parent < parents; parent += 1) {
        const rank = permutation(parent)
        if (rank < best.length) best[rank] = parent
      }
      return best
    },
  }
}

/** Counts are whole, but their sum is only nearly the number of children: stretching them to fit changes a count in a few thousand by one. */
function poissonWeight(parents: number, children: number, { unit }: Draws): (parent: number) => number {
  const quantile = poissonQuantile(Math.max(children / parents, Number.MIN_VALUE))
  return (parent) => quantile(unit(parent))
}

function bySums(weight: (parent: number) => number, parents: number, children: number): (child: number) => number {
  const blocks = Math.ceil(parents / BLOCK)
  const sums = new Float64Array(blocks + 1)
  let total = 0
  for (let parent = 0; parent < parents; parent += 1) {
    if (parent % BLOCK === 0) sums[parent / BLOCK] = total
    total += weight(parent)
  }
  sums[blocks] = total
  let lastBlock = -1
  const within = new Float64Array(BLOCK)
  return (child) => {
    const wanted = ((child + 0.5) / children) * total
    let low = 0
    let high = blocks - 1
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((sums[middle + 1] ?? 0) <= wanted) low = middle + 1
      else high = middle
    }
    const first = low * BLOCK
    const count = Math.min(BLOCK, parents - first)
    if (low !== lastBlock) {
      // A memory of the last block: children come in order, so it is nearly always the same.
      let sum = sums[low] ?? 0
      for (let index = 0; index < count; index += 1) {
        sum += weight(first + index)
        within[index] = sum
      }
      lastBlock = low
    }
    let index = 0
    while (index < count - 1 && (within[index] ?? 0) <= wanted) index += 1
    return first + index
  }
}
