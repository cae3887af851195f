import type { ColumnStatistics } from '../../databases/table-statistics.js'
import type { ValueLine } from './value-line.js'

/** Bounds of a histogram: one more than the default statistics target. */
export const BOUNDS = 101

/** Values that were stretched, and the first and the last of them. */
export interface Stretched {
  readonly bounds: readonly string[]
  readonly ends: readonly [string, string]
  /** The last value that the type has, when the column would go on beyond it: what comes then has that value. */
  readonly stopsAt: string | undefined
}

/**
 * A column's distribution drawn out to `factor` times its length, away from the values that came first: from its least value, or from its greatest
 * where values fall with the row. Most common values are spread into it, because a column that goes on does not come back to them.
 *
 * @returns `undefined` where a value has no place on the line, such as infinity
 */
export function stretch(statistics: ColumnStatistics, line: ValueLine, factor: number): Stretched | undefined {
  const weights = placesOf(statistics, line)
  if (weights === undefined || weights.length === 0) return undefined
  const least = weights[0]?.place ?? 0
  const greatest = weights.at(-1)?.place ?? 0
  const falls = (statistics.correlation ?? 1) < 0
  const draw = (place: number): number => (falls ? greatest - (greatest - place) * factor : least + (place - least) * factor)
  const bounds = quantiles(weights).map((place) => line.write(draw(place)))
  const ends = [draw(least), draw(greatest)] as const
  const beyond = ends.find((place) => place < line.ends[0] || place > line.ends[1])
  return { bounds, ends: [line.write(ends[0]), line.write(ends[1])], stopsAt: beyond === undefined ? undefined : line.write(beyond) }
}

/** Rows of a column by the place of their value. */
export interface WeightedPlace {
  readonly place: number
  /** Share of the rows at this place. */
  readonly weight: number
  /** Share of the rows between the place before and this one. */
  readonly before: number
}

/** In ascending order; `undefined` where a value has no place on the line. */
export function placesOf(
  { mostCommon, bounds = [], nullFraction }: ColumnStatistics,
  line: ValueLine,
): readonly WeightedPlace[] | undefined {
  const frequencies = mostCommon?.frequencies ?? []
  const common = (mostCommon?.values ?? []).map((value, index) => ({ place: line.read(value), weight: frequencies[index] ?? 0, before: 0 }))
  const rest = Math.max(0, 1 - nullFraction - frequencies.reduce((sum, one) => sum + one, 0))
  const share = bounds.length < 2 ? 0 : rest / (bounds.length - 1)
  const spread = bounds.map((value, index) => ({ place: line.read(value), weight: 0, before: index === 0 ? 0 : share }))
  const places = [...common, ...spread]
  if (places.some(({ place }) => place === undefined)) return undefined
  return (places as readonly WeightedPlace[]).toSorted((a, b) => a.place - b.place)
}

/** Evenly spread by share of the rows. */
function quantiles(weights: readonly WeightedPlace[]): readonly number[] {
  const total = weights.reduce((sum, { weight, before }) => sum + weight + before, 0)
  if (total === 0) return weights.map(({ place }) => place)
  const found: number[] = []
  let passed = 0
  let last = weights[0]?.place ?? 0
  let index = 0
  for (let bound = 0; bound < BOUNDS; bound += 1) {
    const wanted = (total * bound) / (BOUNDS - 1)
    let current = weights[index]
    while (current !== undefined && index < weights.length - 1 && passed + current.before + current.weight < wanted - 1e-12) {
      passed += current.before + current.weight
      last = current.place
      index += 1
      current = weights[index]
    }
    const { place, before } = current ?? { place: last, before: 0 }
    found.push(before === 0 ? place : last + (place - last) * Math.min(1, Math.max(0, (wanted - passed) / before)))
  }
  return found
}
