import type { Latencies } from '../primitives/latencies.js'
import type { LoadErrors } from './load-report.js'
import { formatNumber, perSecond } from './load-words.js'

/** One of two that were compared. */
export interface ComparedLoad {
  readonly target: string
  readonly requests: number
  readonly errors: readonly LoadErrors[]
  /** Of its latencies in all slices, in milliseconds. */
  readonly medianMs: number
  /** The median of each slice. */
  readonly sliceMediansMs: readonly number[]
  /** Of each slice, as `LoadReport.latency`. */
  readonly slices: readonly Latencies[]
}

/** What `suite.compareLoad` gives: evidence of two loads that were made in turn. */
export interface LoadComparison {
  readonly kind: 'load-comparison'
  readonly a: ComparedLoad
  readonly b: ComparedLoad
  readonly ratePerSecond: number
  readonly seed: number
  /** How many times the median latency of `a` is that of `b`: 2 means that `b` is twice as fast. */
  readonly ratio: number
  /** In which the ratio lies with so much confidence: a percentile bootstrap over the pairs of slices. */
  readonly interval: { readonly low: number; readonly high: number; readonly confidence: number }
  readonly toString: () => string
}

/** True for a `LoadComparison`, also one made by another copy of the package. */
export function isLoadComparison(value: unknown): value is LoadComparison {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'load-comparison' && 'interval' in value
}

/** The comparison as lines. */
export function printComparison({ a, b, ratePerSecond, ratio, interval }: LoadComparison): readonly string[] {
  const side = (name: string, { target, requests, medianMs, errors }: ComparedLoad): string =>
    `  ${name}: ${target}  median ${medianMs.toPrecision(3)} ms of ${formatNumber(requests)} requests${errors.length === 0 ? '' : `, ${formatNumber(errors.reduce((sum, { count }) => sum + count, 0))} errors (${errors[0]?.kind})`}`
  return [
    `a and b in turn, ${a.slices.length} slices each, ${perSecond(ratePerSecond)}`,
    side('a', a),
    side('b', b),
    `  a takes ${ratio.toPrecision(3)} times as long as b; ${interval.confidence * 100} % confidence: ${interval.low.toPrecision(3)} to ${interval.high.toPrecision(3)} (bootstrap over slices)`,
  ]
}
