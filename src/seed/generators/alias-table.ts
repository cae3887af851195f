/** Walker's alias method: one random number gives an index with exactly its weight, whatever the number of weights. */
export interface AliasTable {
  /** `unit` from 0 (included) to 1 (not). */
  readonly pick: (unit: number) => number
}

export function createAliasTable(weights: ArrayLike<number>): AliasTable {
  const size = weights.length
  let total = 0
  for (let index = 0; index < size; index += 1) total += weights[index] ?? 0
  // The share an index keeps and the index that has the rest, side by side: one look into memory.
  const pairs = new Float64Array(size * 2)
  const poor: number[] = []
  const rich: number[] = []
  for (let index = 0; index < size; index += 1) {
    const share = ((weights[index] ?? 0) * size) / total
    pairs[index * 2] = share
    ;(share < 1 ? poor : rich).push(index)
  }
  while (poor.length > 0 && rich.length > 0) {
    const low = poor.pop() ?? 0
    const high = rich.at(-1) ?? 0
    pairs[low * 2 + 1] = high
    const left = (pairs[high * 2] ?? 0) + (pairs[low * 2] ?? 0) - 1
    pairs[high * 2] = left
    if (left < 1) poor.push(rich.pop() ?? 0)
  }
  // What is left differs from 1 by rounding only.
  for (const index of [...poor, ...rich]) pairs[index * 2] = 1
  return {
    pick: (unit) => {
      const scaled = unit * size
      const index = Math.floor(scaled)
      return scaled - index < (pairs[index * 2] ?? 1) ? index : (pairs[index * 2 + 1] ?? index)
    },
  }
}
