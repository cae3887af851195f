/** Something that lasts, between two positions of a timeline. */
export interface Interval {
  readonly from: number
  /** Infinity while it has no end. */
  readonly to: number
}

/** The most that last at a time, and the first position at which they do. One that ends where another begins is over by then. */
export function findPeak(intervals: readonly Interval[]): { readonly count: number; readonly at: number } {
  const starts = Float64Array.from(intervals, ({ from }) => from).toSorted()
  const ends = Float64Array.from(intervals, ({ to }) => to).toSorted()
  let ended = 0
  let best = { count: 0, at: 0 }
  for (const [index, at] of starts.entries()) {
    while ((ends[ended] ?? Infinity) <= at) ended += 1
    if (index + 1 - ended > best.count) best = { count: index + 1 - ended, at }
  }
  return best
}

/** Those that last at a position. */
export function lastingAt<Some extends Interval>(intervals: readonly Some[], position: number): readonly Some[] {
  return intervals.filter(({ from, to }) => from <= position && position < to)
}
