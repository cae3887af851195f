import { wrongOption } from '../primitives/options.js'

/** What an attempt gave: a response of fetch, of Fastify's inject or alike, or true for accepted and false for limited. */
export type LimitAnswer =
  | boolean
  | { readonly status: number; readonly headers?: unknown }
  | { readonly statusCode: number; readonly headers?: unknown }

export interface ReadAnswer {
  readonly outcome: 'accepted' | 'limited' | 'failed'
  /** Why it failed. */
  readonly failure?: string
  /** `undefined` when nothing was said; left out when there are no headers. */
  readonly retryAfterMs?: number | undefined
}

const TOO_MANY_REQUESTS = 429

/** @throws {HotbedError} `ERR_HOTBED_OPTION` for what is no answer */
export function readAnswer(answer: unknown, nowMs: number): ReadAnswer {
  if (typeof answer === 'boolean') return { outcome: answer ? 'accepted' : 'limited' }
  const response = (typeof answer === 'object' && answer !== null ? answer : {}) as Readonly<Record<string, unknown>>
  const status = response['status'] ?? response['statusCode']
  if (typeof status !== 'number')
    throw wrongOption('attempt', 'a function that gives a response with `status` or `statusCode`, or true or false', answer)
  if (status === TOO_MANY_REQUESTS) return { outcome: 'limited', retryAfterMs: readRetryAfter(response['headers'], nowMs) }
  return status < 400 ? { outcome: 'accepted' } : { outcome: 'failed', failure: `status ${status}` }
}

/** RFC 9110, 10.2.3: a number of seconds, or a date. */
function readRetryAfter(headers: unknown, nowMs: number): number | undefined {
  const value =
    headers instanceof Headers ? headers.get('retry-after') : (headers as Readonly<Record<string, unknown>> | undefined)?.['retry-after']
  if (typeof value !== 'string' && typeof value !== 'number') return undefined
  const seconds = Number(value)
  if (Number.isFinite(seconds)) return seconds * 1000
  const moment = Date.parse(String(value))
  return Number.isNaN(moment) ? undefined : Math.max(0, moment - nowMs)
}
