import type { LoadModel } from './load-report.js'

/** What a generator does: plain data, because it may run in a thread of its own. */
export interface Schedule {
  readonly model: LoadModel
  /** How long it is measured, or how many requests. */
  readonly extent: { readonly ms: number } | { readonly count: number }
  readonly warmUpMs: number
  /** A request that has not settled so long after it was due is given up. */
  readonly timeoutMs: number
  /** Requests under way at the same time; those due beyond that are dropped. */
  readonly maxInFlight: number
}
