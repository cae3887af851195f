import { decodeFromCompressedBase64, encodeIntoCompressedBase64, Int32Histogram, JsHistogram } from 'hdr-histogram-js'
import type { Latencies } from './latencies.js'

/** A distribution of times while it is made. */
export interface LatencyHistogram {
  readonly record: (ms: number) => void
  readonly clear: () => void
  /** What it has now, as text: crosses threads and processes. */
  readonly encode: () => string
}

const HIGHEST_US = 3_600_000_000
const DIGITS = 3
const US = 1000

export function createLatencyHistogram(): LatencyHistogram {
  const histogram = new Int32Histogram(1, HIGHEST_US, DIGITS)
  return {
    // A time of less than a microsecond counts as one: HDR histograms tell nothing of zeros.
    record: (ms) => histogram.recordValue(Math.min(HIGHEST_US, Math.max(1, Math.round(ms * US)))),
    clear: () => histogram.reset(),
    encode: () => encodeIntoCompressedBase64(histogram),
  }
}

/** Reads what `encode` gave. */
export function decodeLatencies(encoded: string): Latencies {
  const histogram = decodeFromCompressedBase64(encoded, 32, false)
  const { totalCount: count } = histogram
  const percentile = (p: number): number => (count === 0 ? 0 : histogram.getValueAtPercentile(p) / US)
  const figures = {
    count,
    minMs: count === 0 ? 0 : histogram.minNonZeroValue / US,
    meanMs: count === 0 ? 0 : histogram.mean / US,
    maxMs: count === 0 ? 0 : histogram.maxValue / US,
  }
  return Object.freeze({
    ...figures,
    percentile,
    countUpTo: (ms: number) => (histogram instanceof JsHistogram ? countUpTo(histogram, ms * US) : 0),
    encoded,
    toJSON: () => ({ ...figures, p50Ms: percentile(50), p90Ms: percentile(90), p95Ms: percentile(95), p99Ms: percentile(99) }),
  })
}

function countUpTo(histogram: JsHistogram, value: number): number {
  const last = histogram.countsArrayIndex(Math.min(HIGHEST_US, Math.max(0, Math.floor(value))))
  let count = 0
  for (let index = 0; index <= last; index += 1) count += histogram.getCountAtIndex(index)
  return count
}
