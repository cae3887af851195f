import type { SuiteFacts } from '../databases/suite-parts.js'
import { HotbedError } from '../primitives/error.js'
import { leastCount, type Latencies } from '../primitives/latencies.js'
import { decodeLatencies } from '../primitives/latency-histogram.js'
import type { MeteredStore } from '../wire/metered.js'
import type { LoadReport, StoreTraffic } from './load-report.js'
import type { Observed } from './observe.js'
import { printLoad } from './print-load.js'

/** A generator that has sent less than this of what was due did not keep up. */
const KEPT_UP = 0.95

/** Makes the evidence of what was observed. */
export function createLoadReport({ postgres, redis }: SuiteFacts, observed: Observed): LoadReport {
  const { generator, schedule, tallied, metered, queues, eventLoop, cpu, recording } = observed
  const { counts, sumMs, durationMs, scheduleMs, issuedInTime } = tallied
  const { model } = schedule
  const latency = decodeLatencies(tallied.latency)
  const isOpen = model.kind === 'open'
  const share = (ms: number): number => (sumMs === 0 ? 0 : ms / sumMs)
  const facts = {
    kind: 'load-report' as const,
    target: generator.target,
    model: Object.freeze(model),
    durationMs,
    counts: Object.freeze(counts),
    rate: Object.freeze({
      offered: isOpen ? model.ratePerSecond : undefined,
      issued: (issuedInTime * 1000) / scheduleMs,
      succeeded: (counts.succeeded * 1000) / Math.max(scheduleMs, durationMs),
    }),
    backlog: Object.freeze(tallied.backlog),
    latency,
    succeeded: decodeLatencies(tallied.succeeded),
    errorRate: counts.scheduled === 0 ? 0 : (counts.failed + counts.unsettled + counts.dropped) / counts.scheduled,
    errors: Object.freeze(tallied.errors.map((one) => Object.freeze({ ...one, first: Object.freeze(one.first) }))),
    postgres: postgres === undefined ? undefined : storeTraffic(metered.postgres, share),
    redis: redis === undefined ? undefined : storeTraffic(metered.redis, share),
    connectionsSeen: metered.connectionsSeen,
    pools: Object.freeze(queues.map((queue) => Object.freeze({ ...queue, share: share(queue.waitedMs) }))),
    eventLoop: Object.freeze(eventLoop),
    cpu: Object.freeze(cpu.map((one) => Object.freeze(one))),
    generator: Object.freeze({
      place: generator.place,
      schedulingError: decodeLatencies(tallied.schedulingError),
      isSaturated: isOpen && (counts.dropped > 0 || issuedInTime < KEPT_UP * counts.scheduled),
      eventLoop: Object.freeze(tallied.eventLoop),
    }),
    tap: Object.freeze({ utilization: metered.utilization, delay: undefined }),
    recording,
  }
  const report = {
    ...facts,
    percentile: (p: number): number => percentileOf(latency, p),
  }
  Object.defineProperties(report, {
    toString: { value: (): string => printLoad(report as LoadReport).join('\n') },
    toJSON: { value: (): Readonly<Record<string, unknown>> => ({ ...facts, recording: recording?.toJSON() }) },
  })
  return Object.freeze(report as LoadReport)
}

function percentileOf(latency: Latencies, p: number): number {
  if (!(p > 0 && p <= 100)) throw new HotbedError('ERR_HOTBED_OPTION', { message: `A percentile lies above 0 and up to 100, not at ${p}.` })
  const least = leastCount(p)
  if (latency.count >= least) return latency.percentile(p)
  throw new HotbedError('ERR_HOTBED_EVIDENCE', {
    message: `p(${p}) cannot be told of ${latency.count} requests: below ${least} it is the maximum.`,
    remedy: `Load longer or at a higher rate: ${least * 10} requests are advised for it.`,
  })
}

function storeTraffic(metered: MeteredStore, share: (ms: number) => number): StoreTraffic {
  const { latency, requestBytes, replyBytes, hits, misses, errors, refused, ...rest } = metered
  return Object.freeze({
    ...rest,
    latency: decodeLatencies(latency),
    share: share(metered.wireMs),
    errors: Object.freeze(errors.map((one) => Object.freeze(one))),
    refused: Object.freeze(refused.map((one) => Object.freeze(one))),
    bytes: Object.freeze({ request: requestBytes, reply: replyBytes }),
    lookups: Object.freeze({ hits, misses }),
  })
}
