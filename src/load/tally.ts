import { createLatencyHistogram } from '../primitives/latency-histogram.js'
import type { Failure } from './classify-failure.js'
import type { EventLoopFigures, LoadCounts, LoadErrors } from './load-report.js'

/** What a generator knows of its requests: plain data, because it may run in a thread of its own. */
export interface Tallied {
  readonly counts: LoadCounts
  readonly durationMs: number
  /** How long requests were due, without those of the warm-up. */
  readonly scheduleMs: number
  /** Sent until shortly after the end of the schedule. */
  readonly issuedInTime: number
  readonly backlog: { readonly atEnd: number; readonly peak: number }
  /** Of the times of all requests. */
  readonly sumMs: number
  /** Encoded histograms. */
  readonly latency: string
  readonly succeeded: string
  readonly schedulingError: string
  readonly errors: readonly LoadErrors[]
  /** Of the generator's own event loop. */
  readonly eventLoop: EventLoopFigures
}

/** Counts what becomes of requests. */
export interface Tally {
  readonly scheduled: () => void
  readonly issued: (lateMs: number) => void
  readonly dropped: (index: number, atMs: number, why: string) => void
  /** `failure`: why it is none of those that succeeded. */
  readonly settled: (index: number, atMs: number, latencyMs: number, failure: Failure | undefined) => void
  readonly unsettled: (index: number, atMs: number, latencyMs: number) => void
  readonly warmedUp: () => void
  /** Of those that count: sent, and not settled yet. */
  readonly underWay: () => number
  readonly read: () => Pick<Tallied, 'counts' | 'sumMs' | 'latency' | 'succeeded' | 'schedulingError' | 'errors'>
}

export function createTally(): Tally {
  const latency = createLatencyHistogram()
  const succeeded = createLatencyHistogram()
  const schedulingError = createLatencyHistogram()
  const errors = new Map<string, { count: number; readonly first: LoadErrors['first'] }>()
  const counts = { scheduled: 0, issued: 0, succeeded: 0, failed: 0, unsettled: 0, dropped: 0, warmUp: 0 }
  let sumMs = 0
  const count = (kind: string, first: LoadErrors['first']): void => {
    const known = errors.get(kind)
    if (known === undefined) errors.set(kind, { count: 1, first })
    else known.count += 1
  }
  const took = (ms: number): void => {
    sumMs += ms
    latency.record(ms)
  }
  return {
    scheduled: () => void (counts.scheduled += 1),
    issued: (lateMs) => {
      counts.issued += 1
      schedulingError.record(Math.max(0, lateMs))
    },
    dropped: (index, atMs, message) => {
      counts.dropped += 1
      count('dropped', { index, atMs, message })
    },
    settled: (index, atMs, latencyMs, failure) => {
      took(latencyMs)
      if (failure === undefined) {
        counts.succeeded += 1
        succeeded.record(latencyMs)
        return
      }
      counts.failed += 1
      count(failure.kind, { index, atMs, message: failure.message })
    },
    unsettled: (index, atMs, latencyMs) => {
      took(latencyMs)
      counts.unsettled += 1
      count('unsettled', { index, atMs, message: `had not settled after ${Math.round(latencyMs)} ms` })
    },
    warmedUp: () => void (counts.warmUp += 1),
    underWay: () => counts.issued - counts.succeeded - counts.failed - counts.unsettled,
    read: () => ({
      counts: { ...counts },
      sumMs,
      latency: latency.encode(),
      succeeded: succeeded.encode(),
      schedulingError: schedulingError.encode(),
      errors: [...errors].map(([kind, one]) => ({ kind, ...one })).toSorted((a, b) => b.count - a.count || (a.kind < b.kind ? -1 : 1)),
    }),
  }
}
