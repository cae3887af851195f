import type { SuiteParts } from '../databases/suite-parts.js'
import type { Duration } from '../primitives/duration.js'
import { checkOptionNames, wrongOption } from '../primitives/options.js'
import { wallClockMs } from '../primitives/real-time.js'
import type { UntranslatedCommand } from '../wire/redis/clock/tap-clock.js'
import type { ClockAdvance } from './clock-advance.js'
import type { ExpiryProbe } from './expiry-probe.js'
import { checkTimers, watchLibraryTimers } from './library-timers.js'
import type { LimitAnswer } from './limit-answer.js'
import type { ClockMovers, ClockState } from './movers.js'
import type { Look, ProbeExpiryOptions } from './probe-expiry.js'
import type { ProbeRateLimitOptions } from './probe-rate-limit.js'
import type { RateLimitProbe } from './rate-limit-probe.js'

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
   * Jumps ahead: by a text such as `'5m'`, or a number of seconds. Settles when what is over by then reads as over everywhere: Redis keys, `Date` and
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
  /**
   * Stores something, and looks for it right after, just before the end of its life, and at the end: for `toExpireAfter`. What is looked for is
   * a key of Redis, or what a function says is there.
   *
   * @example
   * const probe = await suite.clock.probeExpiry('product:7', { after: '5m', store: () => app.inject('/products/7') })
   * expect(probe).toExpireAfter('5m')
   *
   * @throws {HotbedError} `ERR_HOTBED_OPTION`, and as `advance`
   */
  readonly probeExpiry: (subject: string | Look, options: ProbeExpiryOptions) => Promise<ExpiryProbe>
  /**
   * Makes attempts at once at the moments that tell rate limiters apart, over four windows: for `toEnforceRateLimit`.
   *
   * @example
   * const probe = await suite.clock.probeRateLimit(() => app.inject('/orders'), { window: '1m', attempts: 20 })
   * expect(probe).toEnforceRateLimit({ limit: 10, window: '1m' })
   *
   * @throws {HotbedError} `ERR_HOTBED_OPTION`, and as `advance`
   */
  readonly probeRateLimit: (
    attempt: (attempt: number) => LimitAnswer | Promise<LimitAnswer>,
    options: ProbeRateLimitOptions,
  ) => Promise<RateLimitProbe>
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
  const state: ClockState = { aheadMs: 0 }
  let movers: Promise<ClockMovers> | undefined
  const load = (): Promise<ClockMovers> => (movers ??= import('./movers.js').then(({ createMovers }) => createMovers(parts, state, timers)))
  let turn: Promise<unknown> = Promise.resolve()
  /** One jump after the other: each must know where the last one ended. */
  const queue = async <T>(work: (movers: ClockMovers) => Promise<T>): Promise<T> => {
    const loaded = await load()
    const next = turn.then(() => work(loaded))
    turn = next.catch(() => {})
    return next
  }
  const clock: SuiteClock = {
    advance: (by) => queue((loaded) => loaded.advance(by)),
    now: () => wallClockMs() + state.aheadMs,
    untranslated: async () => (await parts.verbs.tap('untranslated', [])) as readonly UntranslatedCommand[],
    env: () => queue((loaded) => loaded.env()),
    probeExpiry: async (subject, options) => (await import('./probe-expiry.js')).probeExpiry(clock, parts.verbs.send, subject, options),
    probeRateLimit: async (attempt, options) => (await import('./probe-rate-limit.js')).probeRateLimit(clock, attempt, options),
  }
  return {
    clock,
    reset: async () => {
      if (state.aheadMs !== 0) await queue((loaded) => loaded.reset())
    },
    end: async () => {
      timers?.remove()
      if (movers !== undefined) await queue((loaded) => loaded.end())
    },
  }
}
