import type { LoadReport } from '../load-report.js'
import { formatNumber, percent, perSecond } from '../load-words.js'
import type { QueueGrowth } from './queue-growth.js'

/** What gave way first. */
export type BottleneckKind = 'cpu' | 'pool' | 'connections' | 'locks' | 'postgres' | 'redis' | 'queue' | 'errors' | 'unknown'

export interface Bottleneck {
  readonly kind: BottleneckKind
  /** In a sentence. */
  readonly text: string
}

/** One rate that was tried. */
export interface KneeStep {
  readonly ratePerSecond: number
  readonly holds: boolean
  /** Why it does not hold. */
  readonly because: string | undefined
  /** What did not follow: the requests themselves, or the jobs that they leave in a queue. */
  readonly behind: 'requests' | 'jobs' | undefined
  readonly report: LoadReport
  /** Of the statements that were running at looks at `pg_stat_activity`: those that waited for a lock, 0 to 1. */
  readonly lockWaits: number
  /** Jobs that could run, of each queue in the suite's stores: before and after. */
  readonly queues: readonly QueueGrowth[]
}

/** What `suite.findKnee` gives: evidence of how far a rate can be raised, and of what gives way then. */
export interface KneeReport {
  readonly kind: 'knee-report'
  readonly target: string
  /** The highest rate that held. `undefined`: not even the lowest did. */
  readonly knee: number | undefined
  /** The lowest rate that did not. `undefined`: all did, up to the highest that was tried. */
  readonly broke: number | undefined
  /** What gave way at `broke`. */
  readonly bottleneck: Bottleneck | undefined
  /** By rate. */
  readonly steps: readonly KneeStep[]
  readonly toString: () => string
}

/** True for a `KneeReport`, also one made by another copy of the package. */
export function isKneeReport(value: unknown): value is KneeReport {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'knee-report' && 'steps' in value
}

/** The knee, what gave way, and a line for each rate. */
export function printKnee({ target, knee, broke, bottleneck, steps }: KneeReport): readonly string[] {
  const found =
    broke === undefined
      ? `holds up to ${perSecond(knee ?? 0)}, the highest rate that was tried`
      : knee === undefined
        ? `does not hold ${perSecond(broke)}, the lowest rate that was tried`
        : `holds ${perSecond(knee)} and not ${perSecond(broke)}`
  return [
    `${target} ${found}`,
    ...(bottleneck === undefined ? [] : [`  what gave way: ${bottleneck.kind}: ${bottleneck.text}`]),
    ...steps.map(stepLine),
  ]
}

function stepLine({ ratePerSecond, holds, because, report }: KneeStep): string {
  const { latency, counts, postgres, redis, pools, eventLoop } = report
  const shares = [
    `event loop ${percent(eventLoop.utilization)}`,
    ...(postgres === undefined ? [] : [`postgres ${percent(postgres.share)}`]),
    ...(redis === undefined ? [] : [`redis ${percent(redis.share)}`]),
    ...(pools.length === 0 ? [] : [`pool wait ${percent(pools.reduce((sum, { share }) => sum + share, 0))}`]),
  ]
  const said = `p95 ${latency.percentile(95).toFixed(1)} ms of ${formatNumber(counts.scheduled)}, ${shares.join(', ')}`
  return `  ${holds ? '✓' : '✗'} ${perSecond(ratePerSecond).padEnd(10)} ${said}${because === undefined ? '' : `; ${because}`}`
}
