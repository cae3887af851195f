import { monotonicMs, REAL_DATE, wallClockMs } from '../primitives/real-time.js'

/** The `Date` and `performance.now()` of a process, which run on at a distance from the machine's. */
export interface MovedTime {
  /** From here on the process is so far ahead of the machine, in milliseconds. Puts itself back in its place where it was displaced. */
  readonly set: (aheadMs: { readonly date: number; readonly monotonic: number }) => void
  /** Puts back what was there. Whoever has kept the moved `Date` has the real time from here on. */
  readonly remove: () => void
}

/** Tells a `now` that was put there by this file from one of anybody else, also by another copy of the package. */
const MOVED: unique symbol = Symbol.for('hotbed.moved-time')

/**
 * A `Date` and a `performance.now()` that run as the machine's do, ahead by what is set. The real ones stay what they are: an instance is of both
 * classes, and whoever took `Date` or `performance.now` for himself before this keeps the real time. `performance.timeOrigin` stays, so that
 * `timeOrigin + now()` is the moved time of day.
 */
export function createMovedTime(): MovedTime {
  const Real = Date
  let dateMs = 0
  let monotonicAheadMs = 0
  const now = Object.assign((): number => wallClockMs() + dateMs, { [MOVED]: true })
  const Moved: DateConstructor = new Proxy(Real, {
    get: (target, name) => (name === 'now' ? now : name === REAL_DATE ? target : (Reflect.get(target, name) as unknown)),
    construct: (target, args: unknown[], newTarget): Date =>
      Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget === Moved ? target : newTarget) as Date,
    apply: (target) => new target(now()).toString(),
  })
  const movedNow = Object.assign((): number => monotonicMs() + monotonicAheadMs, { [MOVED]: true })
  return {
    set: ({ date, monotonic }) => {
      dateMs = date
      monotonicAheadMs = monotonic
      globalThis.Date = Moved
      // `date.constructor === Date` is how some libraries know a date.
      Real.prototype.constructor = Moved
      Object.defineProperty(performance, 'now', { value: movedNow, writable: true, enumerable: true, configurable: true })
    },
    remove: () => {
      // Who has put a clock of his own in front of ours will put ours back one day: it moves nothing then.
      dateMs = 0
      monotonicAheadMs = 0
      if (globalThis.Date === Moved) globalThis.Date = Real
      if (Real.prototype.constructor === Moved) Real.prototype.constructor = Real
      if (performance.now === movedNow) Reflect.deleteProperty(performance, 'now')
    },
  }
}

/** True while a runner or a library has a clock of its own in the place of the process', such as `vi.useFakeTimers()`. */
export function isTimeFaked(): boolean {
  const { now } = Date
  const isNativeDate = Function.prototype.toString.call(now).includes('[native code]')
  return !(isNativeDate || MOVED in now) || (Object.hasOwn(performance, 'now') && !(MOVED in performance.now))
}
