import type { ClockJump } from '../../wire/exchange.js'
import { plural } from '../../primitives/plural.js'
import { formatMs } from '../../wire/recording/print-recording.js'
import type { UpstreamCall } from '../../wire/recording/recording.js'
import type { ReadRange } from '../recording/count-range.js'
import type { CallChain } from './call-chains.js'

/** What is asked of retries beside their number. */
export interface RetryRules {
  /** The least wait before the first retry, the second … in milliseconds. */
  readonly waits: readonly number[]
  readonly retryAfter: boolean
  readonly idempotent: boolean
  readonly jumps: readonly ClockJump[]
}

/** A timer may fire so much early, and the client hears of a failure a little after it was told. */
const EARLY_MS = 1
const UNSAFE: ReadonlySet<string> = new Set(['POST', 'PATCH'])
/** By these the upstream says that it has done nothing. */
const REFUSED: ReadonlySet<number> = new Set([408, 425, 429, 503])

/** Why a chain is not as it should be, in words, and what to do. */
export interface ChainFault {
  readonly text: string
  readonly remedy: string
}

const WAIT = 'Wait longer before each retry, as long as Retry-After says where it does, and give up after a few.'
const AGAIN = 'Try what may go well the next time again, a few times, with a back-off.'
const KEY = 'Let the upstream tell one from two: send the same Idempotency-Key with each attempt.'

export function findChainFault(chain: CallChain, times: ReadRange, rules: RetryRules): ChainFault | undefined {
  const doubled = rules.idempotent ? undefined : findDoubled(chain)
  if (doubled !== undefined) return { text: doubled, remedy: KEY }
  const waits = waitsOf(chain, rules.jumps)
  for (const [index, wait] of waits.entries()) {
    const failed = chain[index]
    const told = rules.retryAfter && failed !== undefined ? retryAfterMs(failed) : undefined
    const came = (): string => `retry ${index + 1} came after ${formatMs(wait)}`
    if (told !== undefined && wait < told - EARLY_MS) return { text: `${came()}, and Retry-After said ${formatMs(told)}`, remedy: WAIT }
    const least = rules.waits[Math.min(index, rules.waits.length - 1)] ?? 0
    if (wait < least - EARLY_MS) return { text: `${came()}, expected at least ${formatMs(least)}`, remedy: WAIT }
  }
  if (times.holds(waits.length)) return undefined
  if (waits.length === 0) return { text: 'nobody tried again', remedy: AGAIN }
  return { text: `it was tried again ${plural(waits.length, 'time')}`, remedy: WAIT }
}

/** How long each retry has waited by the suite's clock, in milliseconds. */
export function waitsOf(chain: CallChain, jumps: readonly ClockJump[]): readonly number[] {
  return chain.slice(1).map((retry, index) => {
    const failed = chain[index] ?? retry
    const from = failed.end ?? failed.start
    const jumped = jumps.reduce((sum, { at, byMs }) => (at > from && at < retry.start ? sum + byMs : sum), 0)
    return retry.startMs - (failed.endMs ?? failed.startMs) + jumped
  })
}

/** What may have been carried out is asked for again, and the upstream cannot know that it is the same. */
function findDoubled(chain: CallChain): string | undefined {
  for (const [index, retry] of chain.slice(1).entries()) {
    const failed = chain[index]
    if (failed === undefined || !UNSAFE.has(failed.method) || wasRefused(failed)) continue
    const key = failed.request.headers['idempotency-key']
    const isSame = key !== undefined && key === retry.request.headers['idempotency-key']
    if (isSame) continue
    const why = `what may have been carried out (${failed.error ?? 'no answer'})`
    if (key === undefined) return `retry ${index + 1} repeats ${why} without an Idempotency-Key`
    return `retry ${index + 1} repeats ${why} with another Idempotency-Key`
  }
  return undefined
}

function wasRefused({ status, error }: UpstreamCall): boolean {
  return status !== undefined && error === String(status) && REFUSED.has(status)
}

/** Where it is given in seconds. */
function retryAfterMs({ response }: UpstreamCall): number | undefined {
  const told = response?.headers['retry-after'] ?? ''
  return /^\d+$/.test(told) ? Number(told) * 1000 : undefined
}
