import { isDate } from 'node:util/types'
import { afterEach, expect, test, vi } from 'vitest'
import { createMovedTime, isTimeFaked } from '../../src/clock/moved-time.js'
import { createDeadline } from '../../src/primitives/deadline.js'
import { monotonicMs, wallClockDate, wallClockMs } from '../../src/primitives/real-time.js'

const HOUR = 3_600_000
const time = createMovedTime()
const RealDate = Date

afterEach(() => {
  vi.useRealTimers()
  time.remove()
})

/** Whether `later` is an hour after `earlier`, give or take the time that a test takes. */
const isAnHourAfter = (later: number, earlier: number): boolean => later - earlier >= HOUR && later - earlier < HOUR + 60_000

test('every way to ask for the time of day is ahead, and it runs on', async () => {
  const before = Date.now()
  time.set({ date: HOUR, monotonic: HOUR })

  expect(Date.now()).toSatisfy((now: number) => isAnHourAfter(now, before))
  expect(new Date().getTime()).toSatisfy((now: number) => isAnHourAfter(now, before))
  expect(Date.parse(Date())).toSatisfy((now: number) => isAnHourAfter(now + 1000, before))
  expect(performance.timeOrigin + performance.now()).toSatisfy((now: number) => isAnHourAfter(now + 1000, before))
  const moved = Date.now()
  await vi.waitUntil(() => Date.now() > moved)
})

test('performance.now() is ahead, and what was taken before is not', () => {
  const taken = performance.now.bind(performance)
  const before = performance.now()
  time.set({ date: HOUR, monotonic: HOUR })

  expect(performance.now()).toSatisfy((now: number) => isAnHourAfter(now, before))
  expect(taken()).toBeLessThan(before + 60_000)
  expect(RealDate.now()).toBeLessThan(Date.now() - HOUR / 2)
})

test('a date is a date of both classes, with its arguments as they were', () => {
  const old = new Date(7)
  time.set({ date: HOUR, monotonic: 0 })
  class Day extends Date {}

  expect(old).toBeInstanceOf(Date)
  expect(new Date()).toBeInstanceOf(RealDate)
  expect(new Date().constructor).toBe(Date)
  expect(isDate(new Date())).toBe(true)
  expect(new Date(2026, 0, 2, 3).getHours()).toBe(3)
  expect(new Date('2026-01-01T00:00:00Z').getTime()).toBe(Date.UTC(2026, 0, 1))
  expect(new Date(Number.NaN).getTime()).toBeNaN()
  expect(new Day()).toBeInstanceOf(Day)
  expect(new Day().getTime() - RealDate.now()).toBeGreaterThan(HOUR - 60_000)
  expect(structuredClone(new Date(7))).toEqual(old)
})

test('the own time of hotbed is not moved', () => {
  const deadline = createDeadline(60_000)
  const [wall, monotonic] = [wallClockMs(), monotonicMs()]
  time.set({ date: HOUR, monotonic: HOUR })

  expect(deadline.isOver()).toBe(false)
  expect(wallClockMs()).toBeLessThan(wall + 60_000)
  expect(wallClockDate().getTime()).toBeLessThan(wall + 60_000)
  expect(monotonicMs()).toBeLessThan(monotonic + 60_000)
})

test('removed, everything is what it was, and a moved Date that somebody kept has the real time', () => {
  const native = performance.now
  time.set({ date: HOUR, monotonic: HOUR })
  const kept = Date
  time.remove()

  expect(Date).toBe(RealDate)
  expect(RealDate.prototype.constructor).toBe(RealDate)
  expect(performance.now).toBe(native)
  expect(Object.hasOwn(performance, 'now')).toBe(false)
  expect(kept.now()).toBeLessThan(RealDate.now() + 60_000)
})

test('fake timers of vitest, all or only Date, are noticed, and our own time is none', () => {
  expect(isTimeFaked()).toBe(false)
  time.set({ date: HOUR, monotonic: HOUR })
  expect(isTimeFaked()).toBe(false)
  for (const options of [{}, { toFake: ['Date'] as const }, { toFake: ['performance'] as const }]) {
    vi.useFakeTimers('toFake' in options ? { toFake: [...options.toFake] } : {})
    expect(isTimeFaked()).toBe(true)
    vi.useRealTimers()
    expect(isTimeFaked()).toBe(false)
  }
  vi.setSystemTime(0)
  expect(isTimeFaked()).toBe(true)
})

test('a fake that is put in front and taken away again leaves ours, which moves nothing once it is removed', () => {
  time.set({ date: HOUR, monotonic: HOUR })
  vi.useFakeTimers()
  time.remove()
  vi.useRealTimers()

  expect(Date.now()).toBeLessThan(RealDate.now() + 60_000)
  expect(performance.now()).toBeLessThan(monotonicMs() + 60_000)
})

test('set again, it takes the place from which vitest has displaced it', () => {
  time.set({ date: HOUR, monotonic: 0 })
  vi.setSystemTime(0)
  vi.useRealTimers()
  expect(Date.now()).toBeLessThan(RealDate.now() + 60_000)
  time.set({ date: HOUR, monotonic: 0 })
  expect(Date.now() - RealDate.now()).toBeGreaterThan(HOUR - 60_000)
})
