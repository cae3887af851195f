/**
 * The time of the machine, also while a test has moved the `Date` and `performance` of its process (`src/clock`): deadlines, measurements and
 * the age of files are none of the application's business.
 */

/** Under this name a `Date` that has been put in the place of the real one holds the real one. */
export const REAL_DATE: unique symbol = Symbol.for('hotbed.real-date')

const present: DateConstructor & { readonly [REAL_DATE]?: DateConstructor } = Date
const RealDate: DateConstructor = present[REAL_DATE] ?? present
const timing = performance
/** Of the prototype: what is moved, or faked by a runner, is the object's own. */
const { now: readTiming } = Object.getPrototypeOf(timing) as Pick<typeof performance, 'now'>

/** Milliseconds on the monotonic clock. */
export function monotonicMs(): number {
  return readTiming.call(timing)
}

/** Milliseconds since 1970. */
export function wallClockMs(): number {
  return RealDate.now()
}

/** Now, as the machine has it. */
export function wallClockDate(): Date {
  return new RealDate()
}
