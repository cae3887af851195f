import type { ColumnStatistics } from '../../databases/table-statistics.js'
import { BOUNDS, placesOf, type WeightedPlace } from './stretch.js'
import type { ValueLine } from './value-line.js'

/** A column of a partitioned table that goes on, over all of its parts. */
export interface WholeColumn {
  readonly seeded: ColumnStatistics
  /** Its histogram at the projected size. */
  readonly bounds: readonly string[]
  readonly ends: readonly [string, string]
}

/** So many rows without a value of the part: one in a hundred parts that have rows everywhere ends with more. */
const AT_THE_END = 5

/**
 * The values that one part has of a column that goes on in the whole table. Where the part's values lie between those of the whole tells how many rows
 * come before and after them, and these shares stay: of ids that rise through four quarters, the second part gets the second quarter; of
 * a table cut by anything else, every part gets them all.
 *
 * @param part statistics and rows, as it was seeded
 * @returns `undefined` where a value has no place on the line
 */
export function partOfWhole(
  { statistics: part, rows }: { readonly statistics: ColumnStatistics; readonly rows: number },
  whole: WholeColumn,
  line: ValueLine,
): { readonly bounds: readonly string[]; readonly ends: readonly [string, string] } | undefined {
  const own = placesOf(part, line)
  const all = placesOf(whole.seeded, line)
  const grown = [whole.ends[0], ...whole.bounds, whole.ends[1]].map(line.read)
  if (own === undefined || all === undefined || grown.some((place) => place === undefined)) return undefined
  const [first, last] = [own[0]?.place, own.at(-1)?.place]
  if (first === undefined || last === undefined || all.length === 0) return undefined
  const range = [shareBelow(all, first), shareBelow(all, last)] as const
  // That a part has not the very last value of a few rows does not mean that it ends there.
  const gap = (AT_THE_END * (range[1] - range[0])) / Math.max(1, rows)
  const from = range[0] < gap ? 0 : range[0]
  const upTo = 1 - range[1] < gap ? 1 : range[1]
  // The ends are nearer to the least and the greatest value than a sample is.
  const places = [grown[0] ?? 0, ...(grown as readonly number[]).slice(2, -2), grown.at(-1) ?? 0]
  const bounds = Array.from({ length: BOUNDS }, (_, step) => line.write(placeAt(places, from + ((upTo - from) * step) / (BOUNDS - 1))))
  return { bounds, ends: [bounds[0] ?? '', bounds.at(-1) ?? ''] }
}

/** The share of rows with lesser values. */
function shareBelow(weights: readonly WeightedPlace[], place: number): number {
  const total = weights.reduce((sum, { weight, before }) => sum + weight + before, 0)
  let passed = 0
  let last = weights[0]?.place ?? 0
  for (const { place: next, weight, before } of weights) {
    if (next >= place) {
      const length = next - last
      return total === 0 ? 0 : (passed + (length === 0 ? 0 : (before * Math.max(0, place - last)) / length)) / total
    }
    passed += before + weight
    last = next
  }
  return 1
}

/** @param places evenly spread by share of the rows */
function placeAt(places: readonly number[], share: number): number {
  const position = share * (places.length - 1)
  const index = Math.min(places.length - 1, Math.floor(position))
  const least = places[index] ?? 0
  return least + ((places[index + 1] ?? least) - least) * (position - index)
}
