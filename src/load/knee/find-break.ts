import type { LoadReport } from '../load-report.js'
import { percent } from '../load-words.js'
import type { KneeStep } from './knee-report.js'
import { findPileUp, printPileUp, type QueueGrowth } from './queue-growth.js'

/** Less than this of what was due was answered by the end: what waits grows. */
const FOLLOWS = 0.95
const FEW_ERRORS = 0.01
/** However short the latencies are, so much more is none: a busy machine adds some. */
const LEAST_RISE_MS = 50

/** Why a rate does not hold. `undefined`: it does. */
export function findBreak(
  report: LoadReport,
  base: LoadReport,
  latencyFactor: number,
  queues: readonly QueueGrowth[],
): Pick<KneeStep, 'because' | 'behind'> | undefined {
  const because = slowRequests(report, base, latencyFactor)
  if (because !== undefined) return { because, behind: 'requests' }
  const pileUp = findPileUp(queues, report.counts.issued)
  return pileUp && { because: printPileUp(pileUp), behind: 'jobs' }
}

function slowRequests(report: LoadReport, base: LoadReport, latencyFactor: number): string | undefined {
  const { counts, backlog, errorRate, latency } = report
  const answered = counts.issued - backlog.atEnd
  // A few that are under way at any time are no backlog.
  if (answered < FOLLOWS * counts.scheduled && backlog.atEnd > 2 * base.backlog.peak) {
    return `${percent(answered / counts.scheduled)} of what was due was answered by the end`
  }
  if (errorRate > FEW_ERRORS) return `${percent(errorRate)} errors`
  const limitMs = Math.max(latencyFactor * base.latency.percentile(95), base.latency.percentile(95) + LEAST_RISE_MS)
  return latency.percentile(95) > limitMs ? `p95 above ${limitMs.toFixed(0)} ms` : undefined
}
