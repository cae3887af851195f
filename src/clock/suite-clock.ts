import type { SuiteParts } from '../databases/suite-parts.js'
import type { Duration } from '../primitives/duration.js'
import { checkOptionNames, wrongOption } from '../primitives/options.js'
import { wallClockMs } from '../primitives/real-time.js'
import type { UntranslatedCommand } from '../wire/redis/clock/tap-clock.js'
import type { ClockAdvance } from './clock-advance.js'
import { checkTimers, watchLibraryTimers } from './library-timers.js'
import type { ClockMovers } from './movers.js'

/** How the clock of a suite works. */
export interface ClockOptions {
  /**
   * Packages whose timers a jump reaches too, such as `['opossum']` for its half-open time-out: those that their own code sets with `setTimeout`
   * or `setInterval` from the start of the suite on.
   * @default none: a timer that drivers and hotbed itself wait for must not fire early
   */
  readonly timers?: readonly string[]
}

/** The one clock of a suite's Redis and of the application. */
export interface SuiteClock {
  /**
   * Jumps ahead: by seconds, or a text such as `'5m'`. Settles when what is over by then reads as over everywhere: Redis keys, `Date` and
   * `performance.now()` of this process, child processes with `env()`, timers of the libraries named.
   *
   * @example
   * const jump = await suite.clock.advance('5m')
   * expect(jump.redis?.expired.first).toContain('product:7')
   *
   * @throws {HotbedError} `ERR_HOTBED_OPTION` for what is no length of time, goes back or past what a `Date` can hold
   * @throws {HotbedError} `ERR_HOTBED_CLOCK` while the process' time is faked, or moved by another suite
   * @throws {HotbedError} `ERR_HOTBED_TIMEOUT` when a child process does not follow
   */
  readonly advance: (by: Duration) => Promise<ClockAdvance>
  /** Milliseconds since 1970 as the application has them: `Date.now()` and all jumps. */
  readonly now: () => number
  /**
   * Commands since the first jump that had to do with the time of Redis and that the tap could not translate: a script that computes a moment,
   * an XADD whose id is the time. They went to the server as they were.
   */
  readonly untranslated: () => Promise<readonly UntranslatedCommand[]>
  /**
   * What a child process needs in its environment to follow the clock, from its first line on: `HOTBED_CLOCK` and `NODE_OPTIONS`.
   *
   * @example
   * const child = spawn('node', ['server.js'], { env: { ...process.env, ...(await suite.clock.env()) } })
   */
  readonly env: () => Promise<Readonly<Record<string, string>>>
}

/** A clock, and what its suite does with it. */
export interface OwnedClock {
  readonly clock: SuiteClock
  /** Back to the machine's time, after the stores have been emptied. */
  readonly reset: () => Promise<void>
  readonly end: () => Promise<void>
}

/** @throws {HotbedError} `ERR_HOTBED_OPTION` */
export function checkClockOptions(options: unknown): void {
  if (options === undefined) return
  if (typeof options !== 'object' || options === null) throw wrongOption('clock', "an object such as { timers: ['opossum'] }", options)
  checkOptionNames(options, ['timers'], 'clock')
  if ('timers' in options && options.timers !== undefined) checkTimers(options.timers)
}

/** What moves is loaded by the first test that moves the clock: a worker pays for each module in every test file. */
export function createSuiteClock(parts: SuiteParts, { timers: packages }: ClockOptions = {}): OwnedClock {
  const timers = packages === undefined ? undefined : watchLibraryTimers(packages)
  let aheadMs = 0
  let movers: Promise<ClockMovers> | undefined
  const load = (): Promise<ClockMovers> => (movers ??= import('./movers.js').then(({ createMovers }) => createMovers(parts, timers)))
  let turn: Promise<unknown> = Promise.resolve()
  /** One jump after the other: each must know where the last one ended. */
  const queue = async <T>(work: (movers: ClockMovers) => Promise<T>): Promise<T> => {
    const loaded = await load()
    const next = turn.then(() => work(loaded))
    turn = next.catch(() => {})
    return next
  }
  return {
    clock: {
      advance: (by) =>
        queue(async (loaded) => {
          const advance = await loaded.advance(by, aheadMs)
          aheadMs = advance.aheadMs
          return advance
        }),
      now: () => wallClockMs() + aheadMs,
      untranslated: async () => (await parts.verbs.tap('untranslated', [])) as readonly UntranslatedCommand[],
      env: () => queue((loaded) => loaded.env(aheadMs)),
    },
    reset: async () => {
      if (aheadMs === 0) return
      aheadMs = 0
      await queue((loaded) => loaded.reset())
    },
    end: async () => {
      timers?.remove()
      aheadMs = 0
      if (movers !== undefined) await queue((loaded) => loaded.end())
    },
  }
}
