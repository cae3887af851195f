import type { SuiteParts } from '../../databases/suite-parts.js'
import { whileMeasuring } from '../../plan-verbs/measuring.js'
import { createLoadReport } from '../create-load-report.js'
import type { Generator } from '../generator.js'
import type { LoadReport } from '../load-report.js'
import { percent } from '../load-words.js'
import { observe } from '../observe.js'
import type { LoadFunction } from '../request.js'
import { openGenerator, type UrlTarget } from '../target.js'
import { readKneeOptions, type FindKneeOptions, type ReadKneeOptions } from './knee-options.js'
import { printKnee, type KneeReport, type KneeStep } from './knee-report.js'
import { nameBottleneck } from './name-bottleneck.js'
import { refuseOwnKnee } from './refuse-own-knee.js'
import { watchLocks } from './watch-locks.js'

/** Less than this of what was due was answered by the end: what waits grows. */
const FOLLOWS = 0.95
const FEW_ERRORS = 0.01
/** However short the latencies are, so much more is none: a busy machine adds some. */
const LEAST_RISE_MS = 50

/** @throws {HotbedError} `ERR_HOTBED_OPTION`; `ERR_HOTBED_EVIDENCE` for a knee that is the generator's or the tap's */
export async function findKnee(parts: SuiteParts, target: LoadFunction | UrlTarget, options: FindKneeOptions): Promise<KneeReport> {
  const read = readKneeOptions(options)
  const generator = await openGenerator(target, 'findKnee()')
  try {
    return await whileMeasuring(() => search(parts, generator, read))
  } finally {
    await generator.close()
  }
}

async function search(parts: SuiteParts, generator: Generator, read: ReadKneeOptions): Promise<KneeReport> {
  const { from, upTo, factor, precision } = read
  const steps: KneeStep[] = []
  let base: LoadReport | undefined
  const attempt = async (rate: number): Promise<KneeStep> => {
    const locks = watchLocks(parts.verbs, parts.facts.postgres !== undefined)
    let lockWaits = 0
    const observed = await observe(parts, generator, read.schedule(rate), { ...read, record: false }).finally(async () => {
      lockWaits = await locks.stop()
    })
    const report = createLoadReport(parts.facts, observed)
    base ??= report
    const because = findBreak(report, base, read.latencyFactor)
    return Object.freeze({ ratePerSecond: rate, holds: because === undefined, because, report, lockWaits })
  }
  /** What does not hold is tried again: a machine has its moments. */
  const tryRate = async (rate: number): Promise<boolean> => {
    const first = await attempt(rate)
    const step = first.holds ? first : await attempt(rate)
    steps.push(step)
    return step.holds
  }

  let knee: number | undefined
  let broke: number | undefined
  for (let rate = from; broke === undefined; rate = Math.min(upTo, rate * factor)) {
    if (await tryRate(rate)) knee = rate
    else broke = rate
    if (rate >= upTo) break
  }
  while (knee !== undefined && broke !== undefined && (broke - knee) / knee > precision) {
    const middle = (knee + broke) / 2
    if (await tryRate(middle)) knee = middle
    else broke = middle
  }
  const sorted = steps.toSorted((a, b) => a.ratePerSecond - b.ratePerSecond)
  const [lowest] = sorted
  const broken = sorted.find((step) => step.ratePerSecond === broke)
  if (broken !== undefined) await refuseOwnKnee(broken, read.schedule(broken.ratePerSecond))
  const report = {
    kind: 'knee-report' as const,
    target: generator.target,
    knee,
    broke,
    bottleneck: broken === undefined || lowest === undefined ? undefined : Object.freeze(nameBottleneck(broken, lowest)),
    steps: Object.freeze(sorted),
  }
  Object.defineProperty(report, 'toString', { value: (): string => printKnee(report).join('\n') })
  return Object.freeze(report)
}

/** Why a rate does not hold. */
function findBreak(report: LoadReport, base: LoadReport, latencyFactor: number): string | undefined {
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
