import type { SuiteParts } from '../../databases/suite-parts.js'
import { whileMeasuring } from '../../plan-verbs/measuring.js'
import { createLoadReport } from '../create-load-report.js'
import type { Generator } from '../generator.js'
import type { LoadReport } from '../load-report.js'
import { observe, type Observed } from '../observe.js'
import type { LoadFunction } from '../request.js'
import { openGenerator, type UrlTarget } from '../target.js'
import { findBreak } from './find-break.js'
import { readKneeOptions, type FindKneeOptions, type ReadKneeOptions } from './knee-options.js'
import { printKnee, type KneeReport, type KneeStep } from './knee-report.js'
import { nameBottleneck } from './name-bottleneck.js'
import { queueGrowth, type ReadReadyJobs } from './queue-growth.js'
import { refuseOwnKnee } from './refuse-own-knee.js'
import { watchLocks } from './watch-locks.js'

/** What a knee is searched on: a suite, and the queues that it has. */
export interface KneeHost {
  readonly parts: SuiteParts
  readonly readReadyJobs: ReadReadyJobs
}

/** @throws {HotbedError} `ERR_HOTBED_OPTION`; `ERR_HOTBED_EVIDENCE` for a knee that is the generator's or the tap's */
export async function findKnee(host: KneeHost, target: LoadFunction | UrlTarget, options: FindKneeOptions): Promise<KneeReport> {
  const read = readKneeOptions(options)
  const generator = await openGenerator(target, 'findKnee()')
  try {
    return await whileMeasuring(() => search(host, generator, read))
  } finally {
    await generator.close()
  }
}

async function search({ parts, readReadyJobs }: KneeHost, generator: Generator, read: ReadKneeOptions): Promise<KneeReport> {
  const { from, upTo, factor, precision } = read
  const steps: KneeStep[] = []
  let base: LoadReport | undefined
  const attempt = async (rate: number): Promise<KneeStep> => {
    const readyBefore = await readReadyJobs()
    const locks = watchLocks(parts.verbs, parts.facts.postgres !== undefined)
    let lockWaits = 0
    let observed: Observed
    try {
      observed = await observe(parts, generator, read.schedule(rate), { ...read, record: false })
    } finally {
      lockWaits = await locks.stop()
    }
    const queues = Object.freeze(queueGrowth(readyBefore, await readReadyJobs()))
    const report = createLoadReport(parts.facts, observed)
    base ??= report
    const { because, behind } = findBreak(report, base, read.latencyFactor, queues) ?? {}
    return Object.freeze({ ratePerSecond: rate, holds: because === undefined, because, behind, report, lockWaits, queues })
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
