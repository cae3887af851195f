import type { LoadReport, ProcessCpu, StoreTraffic } from '../load-report.js'
import { formatNumber, percent } from '../load-words.js'
import type { Bottleneck, KneeStep } from './knee-report.js'
import { findPileUp, printPileUp } from './queue-growth.js'

/** A loop or core that is so busy has no room left. */
const BUSY = 0.9
/** Between two statements a connection stands idle until the reply has got to its pool and the next statement back, which takes its time on a busy machine. */
const OCCUPIED = 0.75
/** So many requests for each connection wait for one, whatever else they do. */
const CROWDED = 2
/** Where so much of the time of the requests goes is where they wait. */
const MOST = 0.4
/** A store whose statements take so many times as long as before is itself at its end. */
const GREW = 2
const ERRORS = 0.01

/**
 * What gave way first, from evidence alone. The order is that of causes: a loop without room makes everything behind it look slow, refused
 * connections and locks make their pool wait.
 */
export function nameBottleneck(broken: KneeStep, base: KneeStep): Bottleneck {
  const { report } = broken
  return (
    findCpu(report) ??
    findConnections(report) ??
    findLocks(broken) ??
    findQueue(broken) ??
    findPool(report, base.report) ??
    findStore(report, base.report) ??
    findErrors(report) ?? {
      kind: 'unknown',
      text: 'neither CPU, pool, locks nor stores were at their end; what the application waits for does not cross the tap',
    }
  )
}

function findCpu({ eventLoop, cpu, generator }: LoadReport): Bottleneck | undefined {
  const busy = cpu.slice(1).find(wantsMore)
  if (busy !== undefined) return { kind: 'cpu', text: busyText(busy) }
  // Of a URL whose processes are known, this loop is nobody's.
  if (generator.place === 'thread' && cpu.length > 1) return undefined
  if (eventLoop.utilization < BUSY) return undefined
  return {
    kind: 'cpu',
    text: `the event loop of this process was ${percent(eventLoop.utilization)} busy, with ${(cpu[0]?.cores ?? 0).toFixed(2)} cores`,
  }
}

/** A thread that waits for a core has work that it cannot do, however little it gets of one. */
function wantsMore({ cores, mainThread }: ProcessCpu): boolean {
  return cores >= BUSY || (mainThread !== undefined && mainThread.ran + mainThread.waited >= BUSY)
}

function busyText({ name, cores, mainThread }: ProcessCpu): string {
  const hadEnough = mainThread === undefined || cores >= BUSY
  const waited = hadEnough ? '' : `; its main thread waited for a core ${percent(mainThread.waited)} of the time, which others had`
  return `${name} used ${cores.toFixed(2)} cores${waited}`
}

function findConnections({ postgres, errors }: LoadReport): Bottleneck | undefined {
  const refused = postgres?.refused.find(({ kind }) => kind === '53300') ?? errors.find(({ kind }) => kind === '53300')
  if (refused === undefined) return undefined
  return {
    kind: 'connections',
    text: `Postgres refused ${formatNumber(refused.count)} connections (53300) with ${postgres?.peakConnections ?? 0} open`,
  }
}

function findLocks({ report, lockWaits }: KneeStep): Bottleneck | undefined {
  const { postgres } = report
  if (postgres === undefined || lockWaits * Math.min(1, busyShare(report)) < MOST) return undefined
  return { kind: 'locks', text: `${percent(lockWaits)} of the statements that were running waited for a lock of another` }
}

function findPool(report: LoadReport, base: LoadReport): Bottleneck | undefined {
  const { pools, postgres, backlog } = report
  const waited = pools.reduce((sum, { share }) => sum + share, 0)
  const grew = growth(postgres, base.postgres)
  if (waited >= MOST && grew < GREW) {
    const peak = Math.max(...pools.map(({ peakWaiting }) => peakWaiting))
    return {
      kind: 'pool',
      text: `${percent(waited)} of the time went into waiting for a connection, ${formatNumber(peak)} at a time for ${formatNumber(Math.max(...pools.map(({ peakTotal }) => peakTotal)))} connections; statements took as long as before`,
    }
  }
  if (postgres === undefined || grew >= GREW || pools.length > 0) return undefined
  const busy = connectionUse(report)
  if (busy < OCCUPIED || CROWDED * postgres.peakConnections >= backlog.peak) return undefined
  return {
    kind: 'pool',
    text: `all ${formatNumber(postgres.peakConnections)} connections were ${percent(busy)} busy while ${formatNumber(backlog.peak)} requests were under way; statements took as long as before`,
  }
}

function findStore(report: LoadReport, base: LoadReport): Bottleneck | undefined {
  for (const store of ['postgres', 'redis'] as const) {
    const traffic = report[store]
    const grew = growth(traffic, base[store])
    const isBehind = store === 'postgres' && report.pools.reduce((sum, { share }) => sum + share, traffic?.share ?? 0) >= MOST
    if (traffic === undefined || grew < GREW || (traffic.share < MOST && !isBehind)) continue
    return {
      kind: store,
      text: `its ${store === 'postgres' ? 'statements' : 'commands'} took ${grew.toFixed(1)} times as long as at the lowest rate, ${percent(traffic.share)} of the time`,
    }
  }
  return undefined
}

/** Of requests that are slow themselves it is something else, whatever they leave behind. */
function findQueue({ report, queues, behind }: KneeStep): Bottleneck | undefined {
  const pileUp = behind === 'jobs' ? findPileUp(queues, report.counts.issued) : undefined
  return pileUp === undefined ? undefined : { kind: 'queue', text: `${printPileUp(pileUp)}; its workers do not follow` }
}

function findErrors({ errors, errorRate }: LoadReport): Bottleneck | undefined {
  const [most] = errors
  if (most === undefined || errorRate < ERRORS) return undefined
  return { kind: 'errors', text: `${percent(errorRate)} of the requests failed, most by ${most.kind}: ${most.first.message}` }
}

function growth(now: StoreTraffic | undefined, before: StoreTraffic | undefined): number {
  const [late, early] = [now?.latency.percentile(50) ?? 0, before?.latency.percentile(50) ?? 0]
  return early === 0 ? 1 : late / early
}

/** How busy the connections of Postgres were on average. */
function connectionUse({ postgres, durationMs }: LoadReport): number {
  return postgres === undefined || postgres.peakConnections === 0 ? 0 : postgres.wireMs / (durationMs * postgres.peakConnections)
}

/** Of the time of the requests, what is Postgres' or a wait for it. */
function busyShare({ postgres, pools }: LoadReport): number {
  return pools.reduce((sum, { share }) => sum + share, postgres?.share ?? 0)
}
