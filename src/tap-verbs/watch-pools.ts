import { wrongOption } from '../primitives/options.js'
import type { RecordedPool } from '../wire/recording/recording.js'

/** The part of a client's pool that is looked at. `pg.Pool` has it. */
export interface WatchedPool {
  /** Requests that wait for a connection. */
  readonly waitingCount: number
  readonly totalCount: number
  readonly on: (event: 'connect' | 'acquire' | 'release' | 'remove', listener: () => void) => unknown
  readonly off: (event: 'connect' | 'acquire' | 'release' | 'remove', listener: () => void) => unknown
}

const EVENTS = ['connect', 'acquire', 'release', 'remove'] as const

/** @throws {HotbedError} `ERR_HOTBED_OPTION` for what is no pool of this kind */
export function checkPools(pools: readonly WatchedPool[]): void {
  const isPool = (pool: unknown): boolean => typeof pool === 'object' && pool !== null && 'waitingCount' in pool && 'on' in pool
  if (!Array.isArray(pools) || !pools.every(isPool))
    throw wrongOption('pools', 'a list of pools that count who waits, such as pg.Pool', pools)
}

/** A queue only shrinks when a connection is released or made, so a look at each of these sees it at its longest. */
export function watchPools(pools: readonly WatchedPool[]): () => readonly RecordedPool[] {
  const ends = pools.map((pool) => {
    let peakWaiting = 0
    let peakTotal = 0
    const look = (): void => {
      peakWaiting = Math.max(peakWaiting, pool.waitingCount)
      peakTotal = Math.max(peakTotal, pool.totalCount)
    }
    for (const event of EVENTS) pool.on(event, look)
    look()
    return (): RecordedPool => {
      look()
      for (const event of EVENTS) pool.off(event, look)
      return { peakWaiting, peakTotal }
    }
  })
  return () => ends.map((end) => end())
}
