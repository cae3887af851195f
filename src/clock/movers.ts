import type { SuiteParts } from '../databases/suite-parts.js'
import { knowsExpireTime } from '../keyspace/expire-time.js'
import { requireOwnRedis } from '../keyspace/require-own-redis.js'
import { shiftExpiries, type ShiftedExpiries } from '../keyspace/shift-expiries.js'
import { debug } from '../primitives/debug.js'
import { readDuration, type Duration } from '../primitives/duration.js'
import { HotbedError } from '../primitives/error.js'
import { wrongOption } from '../primitives/options.js'
import { wallClockMs } from '../primitives/real-time.js'
import type { UntranslatedCommand } from '../wire/redis/clock/tap-clock.js'
import { openChildClocks, type ChildClocks } from './child-clocks.js'
import { makeClockAdvance, type ClockAdvance } from './clock-advance.js'
import type { LibraryTimers } from './library-timers.js'
import { createProcessTime } from './process-time.js'

/** How far a suite is ahead of the machine. */
export interface ClockState {
  aheadMs: number
}

/** Everything that a jump of a suite's clock moves. */
export interface ClockMovers {
  readonly advance: (by: Duration) => Promise<ClockAdvance>
  readonly env: () => Promise<Readonly<Record<string, string>>>
  /** Back to the machine's time, when the stores are new. */
  readonly reset: () => Promise<void>
  readonly end: () => Promise<void>
}

/** The last millisecond that a `Date` can hold (ECMAScript, time values and time range); 2 ** 53 is a little later. */
const LAST_MS = 8.64e15

/** lru-cache goes on for so long with the time that it has read last (`ttlResolution`). */
const TIME_KEPT_MS = 1

export function createMovers({ facts, verbs }: SuiteParts, state: ClockState, timers: LibraryTimers | undefined): ClockMovers {
  const processTime = createProcessTime()
  let followers: Promise<ChildClocks> | undefined

  /** Tells everybody but Redis. Gives how many child processes have followed. */
  const tell = async (aheadMs: number): Promise<number> => {
    state.aheadMs = aheadMs
    processTime.set(aheadMs)
    const [followed] = await Promise.all([followers?.then((clocks) => clocks.set(aheadMs)) ?? 0, verbs.tap('setClockOffset', [aheadMs])])
    return followed
  }

  /** A moment that an application says means what it says before the jump and after it, but not between the two halves of it. */
  const jumpRedis = async (byMs: number, aheadMs: number): Promise<ShiftedExpiries> => {
    await verbs.tap('pauseRedis', [true])
    try {
      const own = facts.redis?.provider === 'external' ? facts.redis.database : undefined
      const shifted = await shiftExpiries(verbs.send, byMs, await knowsExpireTime(verbs.send), own)
      await verbs.tap('setClockOffset', [aheadMs])
      return shifted
    } finally {
      await verbs.tap('pauseRedis', [false])
    }
  }

  return {
    advance: async (by) => {
      const before = state.aheadMs
      const byMs = readJump(by, before)
      if (facts.redis !== undefined) requireOwnRedis(facts.redis, 'clock.advance() shortens the lives of all keys in the database', 'keys')
      processTime.check()
      const fromMs = wallClockMs() + before
      const redis = facts.redis === undefined ? undefined : await jumpRedis(byMs, before + byMs)
      const untranslated = (await verbs.tap('untranslated', [])) as readonly UntranslatedCommand[]
      const postgres = facts.postgres === undefined ? undefined : await verbs.movePostgresClock(before + byMs)
      const children = await tell(before + byMs)
      const moved = await timers?.advance(byMs)
      await new Promise<void>((resolve) => void setTimeout(resolve, TIME_KEPT_MS + 1))
      return makeClockAdvance({
        byMs,
        aheadMs: state.aheadMs,
        fromMs,
        toMs: wallClockMs() + state.aheadMs,
        redis,
        postgres,
        timers: moved,
        children,
        untranslated,
      })
    },
    env: async () => {
      followers ??= openChildClocks(state.aheadMs)
      followers.catch(() => (followers = undefined))
      return (await followers).env
    },
    reset: async () => {
      await tell(0)
      if (facts.postgres !== undefined) await verbs.movePostgresClock(0)
    },
    end: async () => {
      state.aheadMs = 0
      processTime.release()
      await verbs.tap('setClockOffset', [0]).catch((error: unknown) => debug('the tap has gone before its clock: %o', error))
      await (await followers?.catch(() => undefined))?.end()
    },
  }
}

function readJump(by: unknown, aheadMs: number): number {
  if ((typeof by === 'number' && by < 0) || (typeof by === 'string' && by.trim().startsWith('-'))) {
    throw new HotbedError('ERR_HOTBED_OPTION', {
      message: `The clock goes ahead only, and was to go by ${by}.`,
      remedy: 'Call suite.reset(), which brings it back to the time of the machine together with the stores.',
    })
  }
  const byMs = Math.round(readDuration(by, 'by'))
  if (wallClockMs() + aheadMs + byMs > LAST_MS)
    throw wrongOption('by', 'a length of time that ends before the year 275760, the last of a Date', by)
  return byMs
}
