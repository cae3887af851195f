import { formatDuration } from '../primitives/duration.js'
import { HotbedError } from '../primitives/error.js'
import { createMovedTime, isTimeFaked, type MovedTime } from './moved-time.js'

/** The time of this process, as one suite moves it. */
export interface ProcessTime {
  /** @throws {HotbedError} `ERR_HOTBED_CLOCK` when this process' time is not to be had */
  readonly check: () => void
  /** So far ahead is the process from here on, in milliseconds. `performance.now()` stays ahead where `Date` goes back. */
  readonly set: (aheadMs: number) => void
  /** Puts the machine's time back, where this suite has moved it. */
  readonly release: () => void
}

interface Holding {
  readonly owner: object
  readonly time: MovedTime
  aheadMs: number
  monotonicMs: number
}

/** A process has one `Date`, however often a runner loads this module. */
const HOLDING: unique symbol = Symbol.for('hotbed.process-time')
const registry = globalThis as { [HOLDING]?: Holding | undefined }

export function createProcessTime(): ProcessTime {
  const owner = {}
  return {
    check: () => {
      if (isTimeFaked()) throw fakedError()
      const held = registry[HOLDING]
      if (held !== undefined && held.owner !== owner && held.aheadMs !== 0) throw takenError(held.aheadMs)
    },
    set: (aheadMs) => {
      const held = registry[HOLDING]
      const time = held?.time ?? createMovedTime()
      const monotonicMs = (held?.monotonicMs ?? 0) + Math.max(0, aheadMs - (held?.aheadMs ?? 0))
      registry[HOLDING] = { owner, time, aheadMs, monotonicMs }
      time.set({ date: aheadMs, monotonic: monotonicMs })
    },
    release: () => {
      const held = registry[HOLDING]
      if (held?.owner !== owner) return
      held.time.remove()
      registry[HOLDING] = undefined
    },
  }
}

function fakedError(): HotbedError {
  return new HotbedError('ERR_HOTBED_CLOCK', {
    message:
      'The Date or performance of this process is faked by somebody else (vi.useFakeTimers, vi.setSystemTime, mockdate …), so it cannot be moved.',
    remedy:
      'Call vi.useRealTimers() first. The time of a suite runs on by itself, and drivers go on working: fakes are not needed beside it.',
  })
}

function takenError(aheadMs: number): HotbedError {
  return new HotbedError('ERR_HOTBED_CLOCK', {
    message: `Another suite of this process has moved its Date by ${formatDuration(aheadMs)}, and a process has one Date.`,
    remedy: 'Reset or dispose that suite first, or let the tests that move the time share one suite.',
  })
}
