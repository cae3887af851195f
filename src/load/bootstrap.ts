import { createDraws, randomKey } from '../primitives/random.js'

const RESAMPLES = 2_000

/** An interval in which a ratio lies with so much confidence. */
export interface RatioInterval {
  readonly low: number
  readonly high: number
  readonly confidence: number
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((x, y) => x - y)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2
}

/**
 * The percentile bootstrap (Efron) of the ratio of medians: pairs are drawn with replacement, again and again, and the interval is what the
 * middle 95 % of the ratios span. In pairs, because what disturbs the machine disturbs both of a pair. The same for the same seed.
 */
export function bootstrapRatio(pairs: readonly (readonly [number, number])[], seed: number, confidence = 0.95): RatioInterval {
  const { below } = createDraws(randomKey('bootstrap', seed))
  const ratios = Array.from({ length: RESAMPLES }, (_, sample) => {
    const drawn = pairs.map((pair, at) => pairs[below(sample, pairs.length, at)] ?? pair)
    return median(drawn.map(([a]) => a)) / median(drawn.map(([, b]) => b))
  }).toSorted((x, y) => x - y)
  const at = (share: number): number => ratios[Math.round(share * (RESAMPLES - 1))] ?? Number.NaN
  return { low: at((1 - confidence) / 2), high: at((1 + confidence) / 2), confidence }
}
