import { monotonicMs } from '../primitives/real-time.js'
import { classifyAnswer, classifyError, type Failure } from './classify-failure.js'
import type { LoadFunction, LoadRequest } from './request.js'

/** One request that was sent. */
interface Sent {
  readonly index: number
  readonly dueMs: number
  readonly ended: (end: RequestEnd) => void
  controller: AbortController | undefined
}

export interface RequestEnd {
  /** Since it was due. */
  readonly latencyMs: number
  readonly failure: Failure | undefined
  readonly isUnsettled: boolean
}

/** Requests between their sending and their end, which comes in any case. Times are those of `monotonicMs`. */
export interface RequestsUnderWay {
  readonly send: (index: number, user: number, dueMs: number, ended: (end: RequestEnd) => void) => void
  readonly count: () => number
  readonly peak: () => number
  /** Settles when nothing is under way. */
  readonly idle: () => Promise<void>
  readonly close: () => void
}

const LOOKS = 20
const MOST_OFTEN_MS = 10
const LEAST_OFTEN_MS = 500

export function createRequestsUnderWay(call: LoadFunction, timeoutMs: number): RequestsUnderWay {
  // In the order in which they were due, so the first is the one that is given up first.
  const open = new Map<number, Sent>()
  let peak = 0
  let whenIdle: (() => void) | undefined

  const finish = (sent: Sent, failure: Failure | undefined, isUnsettled = false): void => {
    if (!open.delete(sent.index)) return
    sent.ended({ latencyMs: monotonicMs() - sent.dueMs, failure, isUnsettled })
    if (open.size === 0) whenIdle?.()
  }
  const giveUp = (): void => {
    const limit = monotonicMs() - timeoutMs
    for (const sent of open.values()) {
      if (sent.dueMs > limit) return
      sent.controller?.abort()
      finish(sent, undefined, true)
    }
  }
  const looking = setInterval(giveUp, Math.min(LEAST_OFTEN_MS, Math.max(MOST_OFTEN_MS, timeoutMs / LOOKS)))

  return {
    send: (index, user, dueMs, ended) => {
      const sent: Sent = { index, dueMs, ended, controller: undefined }
      open.set(index, sent)
      if (open.size > peak) peak = open.size
      const request: LoadRequest = {
        index,
        user,
        // Made for those who ask: thousands a second do not.
        get signal() {
          return (sent.controller ??= new AbortController()).signal
        },
      }
      const succeed = (answer: unknown): void => finish(sent, classifyAnswer(answer))
      const fail = (error: unknown): void => finish(sent, classifyError(error))
      try {
        const outcome = call(request)
        if (isThenable(outcome)) outcome.then(succeed, fail)
        else succeed(outcome)
      } catch (error) {
        fail(error)
      }
    },
    count: () => open.size,
    peak: () => peak,
    idle: () => (open.size === 0 ? Promise.resolve() : new Promise((resolve) => (whenIdle = resolve))),
    close: () => clearInterval(looking),
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}
