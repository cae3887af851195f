import { leastCount, type Latencies } from '../primitives/latencies.js'
import { isLoadReport, type LoadReport } from '../load/load-report.js'
import { HotbedError } from '../primitives/error.js'
import { checkOptionNames, wrongOption } from '../primitives/options.js'
import { depthOf, isQueueSnapshot, type QueueSnapshot } from '../queues/queue-snapshot.js'
import { isRace } from '../wire/recording/race.js'
import { isRecording, type Recording } from '../wire/recording/recording.js'
import { makeMetrics, type MeasuredTimes, type Metrics } from './metrics.js'

export interface ReadMetricsOptions {
  /** For `queueDepth`: what `suite.inspectQueues()` gave. @default none: it is not known */
  readonly queues?: QueueSnapshot
}

/**
 * The six figures of a recording, a race or a load: p95, error rate, throughput, database latency, queue depth and cache hit ratio. What the evidence does
 * not say is undefined.
 *
 * @example
 * const metrics = readMetrics(await suite.load(() => app.inject('/products/7'), { rate: 50, for: '10s' }))
 *
 * @throws {HotbedError} `ERR_HOTBED_EVIDENCE` for anything else, and for a recording that overlaps with another one: it has the traffic of both
 * @throws {HotbedError} `ERR_HOTBED_OPTION`
 */
export function readMetrics(evidence: Recording | LoadReport, options: ReadMetricsOptions = {}): Metrics {
  checkOptionNames(options, ['queues'], 'readMetrics()')
  const queueDepth = options.queues === undefined ? undefined : readDepths(options.queues)
  if (isLoadReport(evidence)) return makeMetrics({ ...readLoad(evidence), queueDepth })
  if (!isRecording(evidence)) {
    throw new HotbedError('ERR_HOTBED_EVIDENCE', {
      message: `readMetrics() reads a recording or the report of a load, and was given ${evidence === null ? 'null' : typeof evidence}.`,
      remedy: 'Get one by: const run = await suite.record(() => …)',
    })
  }
  if (evidence.overlapping) {
    throw new HotbedError('ERR_HOTBED_EVIDENCE', {
      message: 'This recording overlaps with another one of the same suite: each holds the traffic of both, and so would its metrics.',
      remedy: "Use a suite per test, createTest(stack, { scope: 'test' }), or record one after the other.",
    })
  }
  return makeMetrics({ ...readRecording(evidence), queueDepth })
}

type Figures = Omit<Parameters<typeof makeMetrics>[0], 'queueDepth'>

function readLoad({ durationMs, latency, counts, errorRate, rate, postgres, redis }: LoadReport): Figures {
  const { hits, misses } = redis?.lookups ?? { hits: 0, misses: 0 }
  return {
    durationMs,
    latency: readLatencies(latency),
    errorRate: counts.scheduled === 0 ? undefined : errorRate,
    throughput: counts.scheduled === 0 ? undefined : rate.succeeded,
    databaseLatency: postgres === undefined ? undefined : readLatencies(postgres.latency),
    cacheHitRatio: ratioOf(hits, misses),
  }
}

function readLatencies({ count, meanMs, percentile }: Latencies): MeasuredTimes | undefined {
  if (count === 0) return undefined
  return Object.freeze({ count, sumMs: meanMs * count, p95Ms: count < leastCount(95) ? undefined : percentile(95) })
}

function readRecording(recording: Recording): Figures {
  const { statements, commands, durationMs } = recording
  let hits = 0
  let misses = 0
  for (const { lookups } of commands) {
    for (const { outcome } of lookups) {
      if (outcome === 'hit') hits += 1
      else misses += 1
    }
  }
  const fulfilled = isRace(recording) ? recording.outcomes.filter(({ status }) => status === 'fulfilled').length : 0
  const participants = isRace(recording) ? recording.outcomes.length : 0
  return {
    durationMs,
    latency: undefined,
    errorRate: participants === 0 ? undefined : 1 - fulfilled / participants,
    throughput: participants === 0 || durationMs === 0 ? undefined : (fulfilled / durationMs) * 1_000,
    databaseLatency: readTimes(statements.flatMap((statement) => statement.durationMs ?? [])),
    cacheHitRatio: ratioOf(hits, misses),
  }
}

/** By nearest rank, as HdrHistogram has it. */
function readTimes(times: readonly number[]): MeasuredTimes | undefined {
  if (times.length === 0) return undefined
  const sorted = Float64Array.from(times).toSorted()
  const p95Ms = sorted.length < leastCount(95) ? undefined : sorted[Math.ceil(sorted.length * 0.95) - 1]
  return Object.freeze({ count: sorted.length, sumMs: sorted.reduce((sum, one) => sum + one, 0), p95Ms })
}

function ratioOf(hits: number, misses: number): number | undefined {
  return hits + misses === 0 ? undefined : hits / (hits + misses)
}

/** Of queues with one name, in several libraries or places, the sum. */
function readDepths(snapshot: QueueSnapshot): Readonly<Record<string, number>> {
  if (!isQueueSnapshot(snapshot)) throw wrongOption('queues', 'what suite.inspectQueues() gives', snapshot)
  const depths = new Map<string, number>()
  for (const queue of snapshot.queues) depths.set(queue.name, (depths.get(queue.name) ?? 0) + depthOf(queue))
  return Object.freeze(Object.fromEntries(depths))
}
