/** A distribution of times, kept as an HDR histogram: three significant digits from a microsecond to an hour. Immutable. */
export interface Latencies {
  readonly count: number
  /** Of no times at all, this and the other figures are 0. */
  readonly minMs: number
  readonly meanMs: number
  readonly maxMs: number
  /** Milliseconds that so many percent did not exceed, however few there are. */
  readonly percentile: (p: number) => number
  /** How many there are up to each of these times: `[[0.5, 12], [1, 30] …]`, for drawing. */
  readonly buckets: (upToMs: readonly number[]) => readonly number[]
  /** In HdrHistogram's own format (V2, compressed, base64), in microseconds: its tools for other languages read it. */
  readonly encoded: string
  readonly toJSON: () => Readonly<Record<string, unknown>>
}

/** How many values tell a percentile from the maximum: with fewer, the highest value is the percentile. */
export function leastCount(p: number): number {
  // 1 / (1 - 0.95) is 19.999999999999982.
  return p >= 100 ? 1 : Math.ceil(Number((100 / (100 - p)).toPrecision(12)))
}
