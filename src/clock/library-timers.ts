import { HotbedError } from '../primitives/error.js'
import { wrongOption } from '../primitives/options.js'
import { monotonicMs } from '../primitives/real-time.js'
import { findCallingPackage } from './calling-package.js'

/** Timers of some libraries, which a jump of the clock reaches too. */
export interface LibraryTimers {
  /** Fires what is due after the jump, in the order of its time, and shortens the rest. Settles when what fired has run. */
  readonly advance: (byMs: number) => Promise<MovedTimers>
  /** Timers that are set from here on are nobody's business; those that wait go on. */
  readonly remove: () => void
}

/** What became of the timers of the libraries that were named. */
export interface MovedTimers {
  readonly fired: number
  /** They fire later, so much sooner. */
  readonly moved: number
}

/** What Node keeps in a timer, since its first versions. */
interface Waiting extends NodeJS.Timeout {
  _idleTimeout: number
  readonly _destroyed: boolean
}

interface Timer {
  readonly handle: Waiting
  dueMs: number
}

type SetTimer = (run: (...params: unknown[]) => void, delay?: number, ...params: unknown[]) => NodeJS.Timeout

/** Timers that have been cleared are swept out when so many have been set. */
const SWEEP_AT = 1_000

/** @throws {HotbedError} `ERR_HOTBED_OPTION` for what are no names of packages */
export function checkTimers(packages: unknown): void {
  if (!Array.isArray(packages) || packages.length === 0 || !packages.every((name) => typeof name === 'string' && name !== ''))
    throw wrongOption('timers', "a list of package names, such as ['opossum']", packages)
}

/**
 * From here on, `setTimeout` and `setInterval` know the timers that code of these packages sets: a timer belongs to the package in whose files the
 * call stands. Timers set before this, by `node:timers` or `node:timers/promises`, or by what the package calls in another, are not known.
 *
 * @throws {HotbedError} `ERR_HOTBED_CLOCK` while timers are faked
 */
export function watchLibraryTimers(packages: readonly string[]): LibraryTimers {
  if ('clock' in globalThis.setTimeout) {
    throw new HotbedError('ERR_HOTBED_CLOCK', {
      message: `setTimeout is faked, so the timers of ${packages.join(', ')} cannot be told apart from others.`,
      remedy: 'Call vi.useRealTimers() first, or leave out `timers`.',
    })
  }
  const names = new Set(packages)
  const timers = new Set<Timer>()
  let isWatching = true
  let fired = 0
  let sweepAt = SWEEP_AT

  const watch = (set: SetTimer, repeats: boolean): SetTimer => {
    const watched: SetTimer = (run, delay, ...params) => {
      const name = isWatching && typeof run === 'function' ? findCallingPackage(watched) : undefined
      if (name === undefined || !names.has(name)) return set(run, delay, ...params)
      const timer: Timer = {
        handle: set(
          (...given) => {
            if (repeats) timer.dueMs = monotonicMs() + period
            else timers.delete(timer)
            fired += 1
            run(...given)
          },
          delay,
          ...params,
        ) as Waiting,
        dueMs: 0,
      }
      const period = timer.handle._idleTimeout
      timer.dueMs = monotonicMs() + period
      timer.handle.refresh = () => {
        timer.dueMs = monotonicMs() + period
        timers.add(timer)
        return restart(timer.handle, period)
      }
      timers.add(timer)
      if (timers.size >= sweepAt) sweep()
      return timer.handle
    }
    // `promisify(setTimeout)` goes on working; its timers are Node's own.
    return Object.defineProperties(watched, Object.getOwnPropertyDescriptors(set))
  }
  const sweep = (): void => {
    for (const timer of timers) if (timer.handle._destroyed) timers.delete(timer)
    sweepAt = Math.max(SWEEP_AT, timers.size * 2)
  }

  const { setTimeout: plainTimeout, setInterval: plainInterval } = globalThis
  const replaced = { setTimeout: watch(plainTimeout as SetTimer, false), setInterval: watch(plainInterval as SetTimer, true) }
  Object.assign(globalThis, replaced)
  return {
    advance: async (byMs) => {
      sweep()
      const due = monotonicMs() + byMs
      const waiting = [...timers].toSorted((a, b) => a.dueMs - b.dueMs)
      const over = waiting.filter(({ dueMs }) => dueMs <= due).length
      const firedBefore = fired
      for (const timer of waiting) {
        timer.dueMs -= byMs
        restart(timer.handle, Math.max(1, Math.ceil(timer.dueMs - monotonicMs())))
      }
      // Of timers with one delay, the one that was set last fires last: what is due has run by then, or was cleared by what ran before it.
      await new Promise<void>((resolve) => void plainTimeout(resolve, 1))
      return { fired: fired - firedBefore, moved: waiting.length - over }
    },
    remove: () => {
      isWatching = false
      timers.clear()
      if (globalThis.setTimeout === replaced.setTimeout) globalThis.setTimeout = plainTimeout
      if (globalThis.setInterval === replaced.setInterval) globalThis.setInterval = plainInterval
    },
  }
}

/** The same timer with another delay: whoever holds it can still clear it. An interval has its own period back when it has fired. */
function restart(handle: Waiting, delayMs: number): Waiting {
  handle._idleTimeout = delayMs
  const refresh: unknown = Reflect.get(Object.getPrototypeOf(handle) as object, 'refresh')
  return (refresh as () => Waiting).call(handle)
}
