import { HotbedError } from './error.js'
import { monotonicMs } from './real-time.js'

/** Settles as `promise` does, or rejects with `ERR_HOTBED_TIMEOUT` after `timeoutMs`, saying what was waited for. */
export async function withDeadline<T>(
  promise: Promise<T>,
  timeoutMs: number,
  waitingFor: string,
  lastLog: () => readonly string[] = () => [],
): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(
        new HotbedError('ERR_HOTBED_TIMEOUT', {
          message: `Waited ${timeoutMs} ms for ${waitingFor}, which did not happen.`,
          log: lastLog(),
        }),
      )
    }, timeoutMs)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}

/** A moment in the future on the monotonic clock, for waits that are made of several attempts. */
export interface Deadline {
  readonly remainingMs: () => number
  readonly isOver: () => boolean
}

export function createDeadline(timeoutMs: number): Deadline {
  const end = monotonicMs() + timeoutMs
  return {
    remainingMs: () => Math.max(0, end - monotonicMs()),
    isOver: () => monotonicMs() >= end,
  }
}
