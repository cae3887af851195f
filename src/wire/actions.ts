import { checkWholeNumber, wrongOption } from '../primitives/options.js'
import { readHttpAnswer, type HttpAnswer } from './http/http-answer.js'
import type { AnswerValue, RuleAction } from './rule.js'
import { SERVER_MESSAGES } from './server-messages.js'

export interface HoldOptions {
  /**
   * Opens when so many have arrived, or when those that are missing wait for a lock of one that has. @default opens by `release()`
   */
  readonly parties?: number
  /** Opens then in any case, and says so. @default 5000 */
  readonly deadlineMs?: number
}

/** An error as a server gives it. */
export interface ErrorAnswer {
  /** For Postgres the SQLSTATE, such as `'40001'`; for Redis the first word of the error, such as `'LOADING'`. */
  readonly error: string
  /** @default what the server itself would say, in short */
  readonly message?: string
}

const DEFAULT_DEADLINE_MS = 5_000

/** Keeps requests back until the gate opens. From then on everything passes. */
export function hold({ parties, deadlineMs = DEFAULT_DEADLINE_MS }: HoldOptions = {}): RuleAction {
  if (parties !== undefined) checkWholeNumber('parties', parties, 1)
  if (!(deadlineMs > 0)) throw wrongOption('deadlineMs', 'milliseconds above 0', deadlineMs)
  return { kind: 'hold', parties, deadlineMs }
}

/** Sends each request `ms` milliseconds later. */
export function delay(ms: number): RuleAction {
  if (!(ms >= 0 && ms < 2 ** 31)) throw wrongOption('delay', 'milliseconds from 0 on', ms)
  return { kind: 'delay', ms }
}

/**
 * Cuts the connection. `before`: the server never gets the request. `after`: the server has carried it out (and committed, where it is an
 * autocommit or a COMMIT), but the client is not told. The pair is a complete test of a retry.
 */
export function drop(when: 'before' | 'after'): RuleAction {
  if (when !== 'before' && when !== 'after') throw wrongOption('drop', "'before' or 'after'", when)
  return { kind: 'drop', when }
}

/**
 * Answers in the server's place. The server's own state stays true to it: a transaction in which a statement failed is a failed one.
 *
 * @param answer `{ error: '40001' }`; for Redis also `null` (nil), a text, a whole number, or a list of these; for an upstream `{ status: 429 }` with
 *   headers and body
 * @throws {HotbedError} `ERR_HOTBED_OPTION` for what no server could send
 */
export function reply(answer: ErrorAnswer | HttpAnswer | AnswerValue): RuleAction {
  if (typeof answer === 'object' && answer !== null && 'status' in answer)
    return { kind: 'reply', answer: { http: readHttpAnswer(answer, 'reply()') } }
  if (typeof answer === 'object' && answer !== null && 'error' in answer) {
    const { error: code, message = SERVER_MESSAGES[code] ?? 'answered by a rule of the test' } = answer
    return { kind: 'reply', answer: { error: { code, message } } }
  }
  return { kind: 'reply', answer: { value: answer } }
}

/** Refuses new connections and ends those there are, as a server that is down. For a whole store, or an upstream. */
export function refuse(): RuleAction {
  return { kind: 'refuse' }
}

/** Never answers, until the rule goes. */
export function hang(): RuleAction {
  return { kind: 'hang' }
}

/** Resets the connection (TCP RST). */
export function reset(): RuleAction {
  return { kind: 'reset' }
}

/** Of an upstream's answer, whose Content-Length promises more, so many bytes of the body come; then the connection ends. */
export function truncate(bytes: number): RuleAction {
  checkWholeNumber('truncate', bytes, 0, 'bytes from 0 on')
  return { kind: 'truncate', bytes }
}

/** Limits both directions of each connection of a whole store. */
export function throttle(bytesPerSecond: number): RuleAction {
  if (!(bytesPerSecond > 0)) throw wrongOption('throttle', 'bytes per second above 0', bytesPerSecond)
  return { kind: 'throttle', bytesPerSecond }
}
