import type { LoadReport, StoreTraffic } from '../../load/load-report.js'
import { leastCount, type Latencies } from '../../primitives/latencies.js'
import { HotbedError } from '../../primitives/error.js'
import { nearestName } from '../../primitives/options.js'
import { unjudgeable } from '../message/evidence.js'
import { formatCount } from '../recording/count-range.js'

/** So many times the least are advised: then ten values lie beyond the percentile, and one of them does not decide it. */
const ADVISED = 10

const LATENCY: Readonly<Record<string, (latency: Latencies) => number>> = {
  min: ({ minMs }) => minMs,
  avg: ({ meanMs }) => meanMs,
  med: (latency) => latency.percentile(50),
  max: ({ maxMs }) => maxMs,
}

const PLAIN: Readonly<Record<string, (report: LoadReport) => number>> = {
  'errors.rate': ({ errorRate }) => errorRate,
  'errors.count': ({ counts }) => counts.failed + counts.unsettled + counts.dropped,
  rate: ({ rate }) => rate.succeeded,
  dropped: ({ counts }) => counts.dropped,
  unsettled: ({ counts }) => counts.unsettled,
  backlog: ({ backlog }) => backlog.atEnd,
  'eventLoop.utilization': ({ eventLoop }) => eventLoop.utilization,
  cpu: ({ cpu }) => cpu.reduce((sum, { cores }) => sum + cores, 0),
}

const STORE: Readonly<Record<string, (store: StoreTraffic) => number>> = {
  share: ({ share }) => share,
  connections: ({ peakConnections }) => peakConnections,
  errors: ({ errors, refused }) => [...errors, ...refused].reduce((sum, { count }) => sum + count, 0),
}

const POOL: Readonly<Record<string, (report: LoadReport) => number>> = {
  'pool.share': ({ pools }) => pools.reduce((sum, { share }) => sum + share, 0),
  'pool.wait': ({ pools }) => Math.max(...pools.map(({ meanWaitMs }) => meanWaitMs)),
  'pool.waiting': ({ pools }) => Math.max(...pools.map(({ peakWaiting }) => peakWaiting)),
}

/** What a threshold may be on; `p(95)` stands for every percentile. */
export const THRESHOLD_KEYS: readonly string[] = [
  'p(95)',
  ...Object.keys(LATENCY),
  'succeeded.p(95)',
  ...Object.keys(LATENCY).map((name) => `succeeded.${name}`),
  ...Object.keys(PLAIN),
  ...['postgres', 'redis'].flatMap((store) => [
    `${store}.p(95)`,
    ...[...Object.keys(LATENCY), ...Object.keys(STORE)].map((name) => `${store}.${name}`),
  ]),
  'postgres.statements',
  'redis.commands',
  'redis.hitRatio',
  ...Object.keys(POOL),
]

/**
 * What a report has for a key of thresholds.
 *
 * @throws {HotbedError} `ERR_HOTBED_OPTION` for a key that is none, `ERR_HOTBED_EVIDENCE` for what the report cannot tell
 */
export function readThresholdValue(report: LoadReport, key: string): number {
  const plain = PLAIN[key]
  if (plain !== undefined) return plain(report)
  const pool = POOL[key]
  if (pool !== undefined) {
    if (report.pools.length > 0) return pool(report)
    throw unjudgeable([`${key} cannot be judged: no pool was watched.`], 'Hand it over: suite.load(…, { pools: [pool] }).')
  }
  const [, name = '', measure = ''] = /^(?:(postgres|redis|succeeded)\.)?(.+)$/.exec(key) ?? []
  if (name === 'postgres' || name === 'redis') {
    const value = readStore(report, name, measure, key)
    if (value !== undefined) return value
  } else {
    const value = readLatency(name === 'succeeded' ? report.succeeded : report.latency, measure, key)
    if (value !== undefined) return value
  }
  const near = nearestName(key, THRESHOLD_KEYS)
  throw new HotbedError('ERR_HOTBED_OPTION', {
    message: `There is no threshold '${key}'.`,
    remedy: near === undefined ? `Known: ${THRESHOLD_KEYS.join(', ')}; p(…) takes any percentile.` : `Did you mean '${near}'?`,
  })
}

function readStore(report: LoadReport, name: 'postgres' | 'redis', measure: string, key: string): number | undefined {
  const traffic = report[name]
  if (traffic === undefined)
    throw unjudgeable([`${key} cannot be judged: the stack has no ${name}.`], `Leave it out, or add ${name}: {} to the stack.`)
  const isKnown = THRESHOLD_KEYS.includes(key) || PERCENTILE.test(measure)
  if (isKnown && report.connectionsSeen === 0) {
    throw unjudgeable(
      [`${key} cannot be judged: no connection of the application has come through the tap in this suite.`],
      `Give the application suite.${name}.url; what goes to directUrl is not seen.`,
    )
  }
  if (key === 'postgres.statements' || key === 'redis.commands') return traffic.exchanges
  if (key === 'redis.hitRatio') {
    const { hits, misses } = traffic.lookups
    if (hits + misses > 0) return hits / (hits + misses)
    throw unjudgeable(['redis.hitRatio cannot be judged: nothing was looked up.'], 'Load something that reads keys, or leave it out.')
  }
  return STORE[measure]?.(traffic) ?? readLatency(traffic.latency, measure, key)
}

const PERCENTILE = /^p\((\d+(?:\.\d+)?)\)$/

function readLatency(latency: Latencies, measure: string, key: string): number | undefined {
  const figure = LATENCY[measure]
  const p = Number(PERCENTILE.exec(measure)?.[1] ?? (measure === 'med' ? 50 : Number.NaN))
  if (figure === undefined && !(p > 0 && p <= 100)) return undefined
  const least = Number.isNaN(p) ? 1 : leastCount(p)
  if (latency.count >= least) return figure?.(latency) ?? latency.percentile(p)
  throw unjudgeable(
    [
      `${key} cannot be judged: there are ${formatCount(latency.count)} values, and below ${formatCount(least)} ${Number.isNaN(p) ? 'there is none' : 'it is their maximum'}.`,
    ],
    `Load longer or at a higher rate: ${formatCount(least * ADVISED)} are advised for ${key}.`,
  )
}
