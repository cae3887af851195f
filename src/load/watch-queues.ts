import { monotonicMs } from '../primitives/real-time.js'
import type { WatchedPool } from '../tap-verbs/watch-pools.js'
import type { LoadedPool } from './load-report.js'

/** Watches who waits for a connection of the application's pools. */
export interface QueueWatch {
  readonly restart: () => void
  readonly stop: () => readonly Omit<LoadedPool, 'share'>[]
}

const EVENTS = ['connect', 'acquire', 'release', 'remove'] as const
/** Joining the queue makes no event, so it is looked at in between too. */
const LOOK_MS = 2

export function watchQueues(pools: readonly WatchedPool[]): QueueWatch {
  const watched = pools.map(watchQueue)
  const looking = pools.length === 0 ? undefined : setInterval(() => watched.forEach(({ look }) => look()), LOOK_MS)
  return {
    restart: () => watched.forEach(({ restart }) => restart()),
    stop: () => {
      clearInterval(looking)
      return watched.map(({ stop }) => stop())
    },
  }
}

function watchQueue(pool: WatchedPool) {
  let peakWaiting = 0
  let peakTotal = 0
  let given = 0
  let waitedMs = 0
  let lastMs = monotonicMs()
  let lastLength = pool.waitingCount
  const look = (): void => {
    const nowMs = monotonicMs()
    const length = pool.waitingCount
    // Between two looks the queue only grows: whoever leaves it makes an event, at which it is one shorter than just before.
    waitedMs += ((lastLength + length) / 2) * (nowMs - lastMs)
    lastMs = nowMs
    lastLength = length
    peakWaiting = Math.max(peakWaiting, length)
    peakTotal = Math.max(peakTotal, pool.totalCount)
  }
  const acquired = (): void => {
    given += 1
    look()
  }
  for (const event of EVENTS) pool.on(event, event === 'acquire' ? acquired : look)
  look()
  return {
    look,
    restart: () => {
      look()
      peakWaiting = pool.waitingCount
      peakTotal = pool.totalCount
      given = 0
      waitedMs = 0
    },
    stop: () => {
      look()
      for (const event of EVENTS) pool.off(event, event === 'acquire' ? acquired : look)
      return { peakWaiting, peakTotal, waitedMs, meanWaitMs: given === 0 ? 0 : waitedMs / given }
    },
  }
}
