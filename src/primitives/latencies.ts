/** A distribution of times, kept as an HDR histogram: three significant digits from a microsecond to an hour. Immutable. */
export interface Latencies {
  readonly count: number
  /** Of no times at all, this and the other figures are 0. */
  readonly minMs: number
  readonly meanMs: number
  readonly maxMs: number
  /** Milliseconds that so many percent did not exceed, however few there are. */
  readonly percentile: (p: number) => number
  /** How many did not exceed so many milliseconds. */
  readonly countUpTo: (ms: number) => number
  /** In HdrHistogram's own format (V2, compressed, base64), in microseconds: its tools for other languages read it. */
  readonly encoded: string
  /** The main figures. */
  readonly toJSON: () => Readonly<Record<string, number>>
}

/** How many values tell a percentile from the maximum: with fewer, the highest value is the percentile. */
export function leastCount(p: number): number {
  // 100 / (100 - 99.9) is 1000.0000000000057.
  return p >= 100 ? 1 : Math.ceil(Number((100 / (100 - p)).toPrecision(12)))
}
