import type { SuiteParts } from '../databases/suite-parts.js'
import { startRecording, type OpenRecording } from '../tap-verbs/record.js'
import type { WatchedPool } from '../tap-verbs/watch-pools.js'
import type { Metered } from '../wire/metered.js'
import type { Recording } from '../wire/recording/recording.js'
import type { Generator } from './generator.js'
import type { EventLoopFigures, LoadedPool, ProcessCpu } from './load-report.js'
import type { Schedule } from './schedule.js'
import type { Tallied } from './tally.js'
import { watchCpu } from './watch-cpu.js'
import { watchEventLoop } from './watch-event-loop.js'
import { watchQueues } from './watch-queues.js'

/** One run of a generator with all that was seen beside it. */
export interface Observed {
  readonly generator: Pick<Generator, 'target' | 'place'>
  readonly schedule: Schedule
  readonly tallied: Tallied
  readonly metered: Metered
  readonly queues: readonly Omit<LoadedPool, 'share'>[]
  readonly eventLoop: EventLoopFigures
  readonly cpu: readonly ProcessCpu[]
  readonly recording: Recording | undefined
}

export interface ObserveOptions {
  readonly pools: readonly WatchedPool[]
  readonly processes: readonly number[]
  readonly record: boolean
}

/** Lets a generator run, and watches. What is watched begins anew when the warm-up is over. */
export async function observe(
  { verbs, facts }: SuiteParts,
  generator: Generator,
  schedule: Schedule,
  { pools, processes, record }: ObserveOptions,
): Promise<Observed> {
  const meter = await verbs.tap('openMeter', [])
  const cpu = watchCpu(processes)
  const eventLoop = watchEventLoop()
  const queues = watchQueues(pools)
  let restarting: Promise<unknown> = Promise.resolve()
  let opening: Promise<OpenRecording> | undefined
  const openRecording = (): void => {
    if (record) opening = startRecording({ verbs, facts }, { plans: false })
    opening?.catch(() => {})
  }
  const hasWarmUp = schedule.warmUpMs > 0
  const restart = (): void => {
    // The first requests may overtake what is said to the tap here: without a warm-up, all is open before them.
    if (hasWarmUp) {
      restarting = verbs.tap('restartMeter', [meter])
      restarting.catch(() => {})
      openRecording()
    }
    cpu.restart()
    eventLoop.restart()
    queues.restart()
  }
  const stop = () => ({ eventLoop: eventLoop.stop(), cpu: cpu.stop(), queues: queues.stop() })
  let stopped: ReturnType<typeof stop> | undefined
  try {
    if (!hasWarmUp) {
      openRecording()
      await opening
    }
    const tallied = await generator.run(schedule, restart)
    stopped = stop()
    await restarting
    const recording = await (await opening)?.stop()
    const metered = (await verbs.tap('closeMeter', [meter])) as Metered
    const { target, place } = generator
    return { generator: { target, place }, schedule, tallied, metered, ...stopped, recording }
  } catch (error) {
    if (stopped === undefined) stop()
    await Promise.allSettled([verbs.tap('closeMeter', [meter]), opening?.then((open) => open.stop())])
    throw error
  }
}
