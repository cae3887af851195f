import { plural } from '../primitives/plural.js'

/** Times of one kind of thing. */
export interface MeasuredTimes {
  readonly count: number
  readonly sumMs: number
  /** Undefined where there are fewer than 20: then it would be the maximum. */
  readonly p95Ms: number | undefined
}

/**
 * The six figures by which an application is watched, of a recording or a load. What the evidence does not say is undefined, never 0: a recording
 * knows nothing of requests, and without a lookup there is no hit ratio.
 */
export interface Metrics {
  readonly kind: 'metrics'
  /** How long it was measured. */
  readonly durationMs: number
  /** Requests, from the moment at which each was due. */
  readonly latency: MeasuredTimes | undefined
  /** Share of the requests that failed, did not settle, or were never sent. Of a race: of its participants. */
  readonly errorRate: number | undefined
  /** Requests a second that were answered without an error. Of a race: participants that were fulfilled. */
  readonly throughput: number | undefined
  /** Time on the wire of statements, from the request's arrival at the tap to the end of its reply. */
  readonly databaseLatency: MeasuredTimes | undefined
  /** Jobs that have not ended, by queue: of the option `queues`. */
  readonly queueDepth: Readonly<Record<string, number>> | undefined
  /** Share of the looked up keys and fields of Redis that were there. */
  readonly cacheHitRatio: number | undefined
  /** A line for each figure. */
  readonly toString: () => string
}

export function makeMetrics(figures: Omit<Metrics, 'kind' | 'toString'>): Metrics {
  const metrics = { kind: 'metrics' as const, ...figures }
  // Not enumerable, so that the metrics stay plain data to `toEqual` and structuredClone.
  Object.defineProperty(metrics, 'toString', { value: (): string => printMetrics(figures) })
  return Object.freeze(metrics)
}

/** True for `Metrics`, also of another copy of the package. */
export function isMetrics(value: unknown): value is Metrics {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'metrics' && 'databaseLatency' in value
}

function printMetrics(figures: Omit<Metrics, 'kind' | 'toString'>): string {
  const { latency, errorRate, throughput, databaseLatency, queueDepth, cacheHitRatio, durationMs } = figures
  const queues = Object.entries(queueDepth ?? {}).map(([name, depth]) => `${name} ${depth.toLocaleString('en-US')}`)
  const rows: readonly (readonly [string, string])[] = [
    ['latency', timesText(latency, 'request')],
    ['error rate', errorRate === undefined ? UNKNOWN : `${round(errorRate * 100)} %`],
    ['throughput', throughput === undefined ? UNKNOWN : `${round(throughput)} requests/s`],
    ['database latency', timesText(databaseLatency, 'statement')],
    ['queue depth', queueDepth === undefined ? UNKNOWN : queues.length === 0 ? 'no queue' : queues.join(', ')],
    ['cache hit ratio', cacheHitRatio === undefined ? UNKNOWN : `${round(cacheHitRatio * 100)} %`],
  ]
  return [`Metrics of ${round(durationMs)} ms`, ...rows.map(([name, text]) => `  ${name.padEnd(18)}${text}`)].join('\n')
}

const UNKNOWN = 'not known'

function timesText(times: MeasuredTimes | undefined, noun: string): string {
  if (times === undefined) return UNKNOWN
  const { count, sumMs, p95Ms } = times
  const p95 = p95Ms === undefined ? 'too few for a p95' : `p95 ${round(p95Ms)} ms`
  return `${p95}, mean ${round(sumMs / count)} ms of ${plural(count, noun)}`
}

function round(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 2 })
}
