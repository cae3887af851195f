import type { Latencies } from '../primitives/latencies.js'

const ROWS = 8
const WIDTH = 40

/** A bar for each range of times that has some: `≤    2 ms  ████ 120`. */
export function histogramLines(latency: Latencies): readonly string[] {
  if (latency.count === 0) return []
  const bounds = boundsUpTo(latency.maxMs)
  const totals = bounds.map((bound) => latency.countUpTo(bound))
  const first = totals.findIndex((total) => total > 0)
  const counts = totals.map((total, at) => total - (at <= first ? 0 : (totals[at - 1] ?? 0)))
  // Whatever lies below the rows that are shown is in the first of them.
  const from = Math.max(first, bounds.length - ROWS)
  const shown = counts.slice(from)
  shown[0] = totals[from] ?? 0
  const most = Math.max(...shown)
  const width = String(bounds.at(-1)).length
  return shown.map((count, at) => {
    const bar = count === 0 ? '' : '█'.repeat(Math.max(1, Math.round((count / most) * WIDTH)))
    return `≤ ${String(bounds[from + at]).padStart(width)} ms  ${bar} ${count.toLocaleString('en-US')}`.trimEnd()
  })
}

/** 0.1, 0.2, 0.5, 1, 2, 5 … up to the first that is not below the largest. */
function boundsUpTo(maxMs: number): readonly number[] {
  const bounds: number[] = []
  for (let exponent = -1; ; exponent += 1) {
    for (const digit of [1, 2, 5]) {
      bounds.push(Number((digit * 10 ** exponent).toPrecision(1)))
      if ((bounds.at(-1) ?? 0) >= maxMs) return bounds
    }
  }
}
