import type { SuiteParts } from '../databases/suite-parts.js'
import { createDeadline } from '../primitives/deadline.js'
import { checkOptionNames, wrongOption } from '../primitives/options.js'
import { wallClockMs } from '../primitives/real-time.js'
import { checkPools, type WatchedPool } from '../tap-verbs/watch-pools.js'
import type { WorkState } from '../wire/work-state.js'
import { findQueues, readQueues, type QueuePlaces } from './find-queues.js'
import { checkNames, pickQueues } from './inspect-queues.js'
import { canEndBefore, openCounts } from './open-jobs.js'
import { notQuiet } from './quiet-failure.js'
import { makeQueueSnapshot, type QueueSnapshot, type QueueState } from './queue-snapshot.js'
import { wakeDueJobs } from './wake-due-jobs.js'

export interface QuietOptions {
  /** @default 5000 */
  readonly timeoutMs?: number
  /** Only these queues have to be empty. @default all of the suite's stores */
  readonly queues?: readonly string[]
  /**
   * Whether a job that was added with a delay is waited for. One that waits for its next attempt always is, and the next one of a scheduler
   * never.
   * @default 'wait'
   */
  readonly delayed?: 'wait' | 'ignore'
  /** Pools of the application (`pg.Pool`) of which nobody may wait for a connection. @default none */
  readonly pools?: readonly WatchedPool[]
  /** So long nothing new must come, in milliseconds: what goes on when its answer has come is on its way. @default 5 */
  readonly settleMs?: number
}

/** What a wait for quiet is done for, beside its options. */
export interface QuietHost {
  readonly parts: SuiteParts
  /** The time of day as the application has it. */
  readonly now: () => number
}

/** Two readings of one clock are no further apart. */
const CLOCK_SLACK_MS = 500

const OPTIONS = ['timeoutMs', 'queues', 'delayed', 'pools', 'settleMs']

/** Settles when nothing is under way on the wire and no job is left to do, with what the queues hold then. */
export async function quiet(host: QuietHost, options: QuietOptions = {}): Promise<QueueSnapshot> {
  const { timeoutMs = 5_000, queues: names, delayed = 'wait', pools = [], settleMs = 5 } = options
  checkOptionNames(options, OPTIONS, 'quiet()')
  for (const [name, value] of Object.entries({ timeoutMs, settleMs }))
    if (!(typeof value === 'number' && value >= 0 && value < 2 ** 31)) throw wrongOption(name, 'milliseconds from 0 on', value)
  if (delayed !== 'wait' && delayed !== 'ignore') throw wrongOption('delayed', "'wait' or 'ignore'", delayed)
  checkNames(names)
  checkPools(pools)
  return untilQuiet(host, { timeoutMs, names, delayed, pools, settleMs, except: undefined })
}

export interface QuietWait {
  readonly timeoutMs: number
  readonly names: readonly string[] | undefined
  readonly delayed: 'wait' | 'ignore'
  readonly pools: readonly WatchedPool[]
  readonly settleMs: number
  /** What a rule keeps back on the connection of this number is not waited for. */
  readonly except: number | undefined
}

export async function untilQuiet({ parts, now }: QuietHost, wait: QuietWait): Promise<QueueSnapshot> {
  const { verbs } = parts
  const { timeoutMs, names, delayed, pools, settleMs, except } = wait
  const deadline = createDeadline(timeoutMs)
  const idle = async (ms: number, untilMs: number): Promise<WorkState> => (await verbs.tap('untilIdle', [ms, untilMs, except])) as WorkState
  let places: QueuePlaces | undefined
  const woken = new Set<string>()
  /** Queues that came about meanwhile are looked for when those that are known are done. */
  const look = async (): Promise<readonly QueueState[]> => {
    if (places !== undefined) {
      const known = choose(await readQueues(parts, places, { nowMs: now(), withHistory: false }), names)
      if (openCounts(known, delayed) > 0) return known
    }
    places = await findQueues(parts)
    return choose(await readQueues(parts, places, { nowMs: now(), withHistory: true }), names)
  }
  await verbs.tap('watchWork', [true])
  try {
    for (;;) {
      const work = await idle(settleMs, deadline.remainingMs())
      const queues = await look()
      const waiting = pools.reduce((sum, { waitingCount }) => sum + waitingCount, 0)
      const isIdle = work.unfinished.length === 0
      if (isIdle && waiting === 0 && openCounts(queues, delayed) === 0) {
        const after = await idle(0, 0)
        if (after.unfinished.length === 0 && after.asked === work.asked) return makeQueueSnapshot(pickQueues(queues, names))
      } else {
        const isHopeless = isIdle && waiting === 0 && !canEndBefore(queues, delayed, deadline.remainingMs())
        if (isHopeless || deadline.isOver()) throw notQuiet({ timeoutMs, isHopeless, work, waiting, queues, delayed })
        if (now() - wallClockMs() > CLOCK_SLACK_MS) await wakeDueJobs(verbs.send, queues, woken)
        await verbs.tap('untilAsked', [work.asked, deadline.remainingMs()])
      }
      if (deadline.isOver())
        throw notQuiet({ timeoutMs, isHopeless: false, work: await idle(0, 0), waiting, queues: await look(), delayed })
    }
  } finally {
    await verbs.tap('watchWork', [false])
  }
}

/** A queue that is named and not there yet may still come. */
function choose(queues: readonly QueueState[], names: readonly string[] | undefined): readonly QueueState[] {
  return names === undefined ? queues : queues.filter(({ name }) => names.includes(name))
}
