import { HotbedError } from '../../primitives/error.js'
import { checkOptionNames, wrongOption } from '../../primitives/options.js'
import { matcherOf, parseMatch } from '../../wire/match.js'
import type { HttpMatch } from '../../wire/http/http-match.js'
import { isOperations } from '../../wire/recording/operations.js'
import { plural } from '../../primitives/plural.js'
import { formatMs, outcomeOf } from '../../wire/recording/print-recording.js'
import type { Recording, UpstreamCall } from '../../wire/recording/recording.js'
import { requireRoutes } from '../faults/wire-attempts.js'
import { unjudgeable } from '../message/evidence.js'
import { isNegated, makeVerdict, type MatcherVerdict } from '../message/verdict.js'
import type { CountRange, ReadRange } from '../recording/count-range.js'
import { requireSeenApplication } from '../recording/countable.js'
import { timelineLines, windowLine } from '../recording/recording-excerpt.js'
import { findCallChains, type CallChain } from './call-chains.js'
import { findChainFault, waitsOf, type ChainFault, type RetryRules } from './call-retry-faults.js'
import { readRetryTimes, wasOrWere } from './retry-words.js'

export interface CallRetryExpectation {
  /** Which calls: `'POST /charges'`, `{ upstream: 'payments' }`. */
  readonly match: string | HttpMatch
  /** How often each call that failed was tried again. @default { min: 1 } */
  readonly times?: CountRange
  /** The statuses that are to be answered by a retry. @default 408, 425, 429, 500 and above, and no whole answer */
  readonly on?: number | readonly number[]
  /** So long a retry has waited at least, in milliseconds by the suite's clock; of a list, the first, the second … the last for all that follow. @default 0 */
  readonly backoffMs?: number | readonly number[]
  /** Whether what Retry-After says (RFC 9110, 10.2.3) has to be waited for. @default true */
  readonly retryAfter?: boolean
  /**
   * Whether POST and PATCH may be repeated without an `Idempotency-Key`, although the first may have been carried out: the upstream tells by something
   * else (RFC 9110, 9.2.2). @default false
   */
  readonly idempotent?: boolean
}

const SHOWN = 2
const ATTEMPTS = 3
const OPTIONS = ['match', 'times', 'on', 'backoffMs', 'retryAfter', 'idempotent']

/** `toRetry` on calls of upstreams: a retry is the same method, path and body, asked for after the failure. */
export function judgeCallRetries(context: unknown, recording: Recording, expectation: object): MatcherVerdict {
  const { text, isMeant, rules: asked, times, isFailure } = readExpectation(expectation)
  const rules: RetryRules = { ...asked, jumps: recording.clock.jumps }
  requireSeenApplication(recording, 'toRetry')
  const calls = recording.calls.filter(isMeant)
  requireRoutes(recording, calls, 'toRetry')
  const chains = findCallChains(calls, isFailure, operationOf(recording))
  if (chains.length === 0) {
    throw unjudgeable(
      [`No call like ${text} failed so, so there was nothing to try again: ${plural(calls.length, 'call')}.`, windowLine(recording)],
      'Make one fail: await suite.intercept(match, reply({ status: 503 }), { times: 1 })',
    )
  }
  const judged = chains.map((chain): Judged => ({ chain, fault: findChainFault(chain, times, rules) }))
  const faulty = judged.filter(({ fault }) => fault !== undefined)
  const repeated = judged.filter(({ chain }) => chain.length > 1)
  const operations = isOperations(recording) ? ` for ${plural(recording.outcomes.length, 'operation')}` : ''
  const evidence = (shown: readonly Judged[]): readonly string[] => [
    windowLine(recording),
    `  ${plural(calls.length, 'call')}${operations}`,
    ...shown.slice(0, SHOWN).flatMap((one) => chainLines(one, rules)),
    ...(shown.length > SHOWN ? [`  … and ${shown.length - SHOWN} more`] : []),
    ...timelineLines(
      recording,
      shown.flatMap(({ chain }) => chain),
    ),
  ]
  const subject = `of ${plural(chains.length, 'call')} like ${text} that failed`
  return makeVerdict(
    isNegated(context) ? repeated.length > 0 : faulty.length === 0,
    () => [
      `${faulty.length} ${subject} ${wasOrWere(faulty)} not tried again as expected: ${times.label}.`,
      ...evidence(faulty),
      `  ${faulty[0]?.fault?.remedy}`,
    ],
    () => [`${repeated.length} ${subject} ${wasOrWere(repeated)} tried again, and none should.`, ...evidence(repeated)],
  )
}

/** Of operations that ran in turn, which a call belongs to: one is no retry of another. Calls have to be asked about in their order. */
function operationOf(recording: Recording): (call: UpstreamCall) => number {
  const spans = isOperations(recording) && !recording.atOnce ? recording.outcomes : []
  let at = 0
  return ({ start }) => {
    while ((spans[at + 1]?.startedAt ?? Infinity) < start) at += 1
    return at
  }
}

interface Judged {
  readonly chain: CallChain
  readonly fault: ChainFault | undefined
}

interface ReadExpectation {
  readonly text: string
  readonly isMeant: (call: UpstreamCall) => boolean
  readonly times: ReadRange
  readonly rules: Omit<RetryRules, 'jumps'>
  readonly isFailure: (call: UpstreamCall) => boolean
}

function readExpectation(expectation: object): ReadExpectation {
  checkOptionNames(expectation, OPTIONS, 'toRetry() of calls')
  const { match, times = { min: 1 }, on, backoffMs = 0, retryAfter = true, idempotent = false } = expectation as CallRetryExpectation
  const spec = parseMatch(match)
  if (!('store' in spec) || spec.store !== 'upstream') {
    throw new HotbedError('ERR_HOTBED_OPTION', {
      message: `toRetry tells retries of calls by match, and ${spec.text} means none.`,
      remedy: "Write match: 'POST /charges'. Retries of transactions are told without it.",
    })
  }
  const statuses: readonly unknown[] | undefined = on === undefined || Array.isArray(on) ? on : [on]
  if (statuses?.every((status) => Number.isInteger(status)) === false || statuses?.length === 0)
    throw wrongOption('on', 'a status such as 503, or several', on)
  const waits: readonly number[] = typeof backoffMs === 'number' ? [backoffMs] : backoffMs
  if (!Array.isArray(waits) || waits.length === 0 || !waits.every((ms) => ms >= 0))
    throw wrongOption('backoffMs', 'milliseconds from 0 on, or several', backoffMs)
  for (const [name, value] of Object.entries({ retryAfter, idempotent }))
    if (typeof value !== 'boolean') throw wrongOption(name, 'true or false', value)
  return {
    text: spec.text,
    isMeant: matcherOf(match),
    times: readRetryTimes(times),
    rules: { waits, retryAfter, idempotent },
    isFailure: (call) => call.error !== undefined && (statuses === undefined ? isTransient(call) : statuses.includes(call.status)),
  }
}

/** What may go well the next time. */
function isTransient({ status, response, error }: UpstreamCall): boolean {
  if (status === undefined || response === undefined || error !== String(status)) return true
  return status >= 500 || status === 408 || status === 425 || status === 429
}

function chainLines({ chain, fault }: Judged, rules: RetryRules): readonly string[] {
  const [first] = chain
  const waits = waitsOf(chain, rules.jumps)
  return [
    `  ✗ ${first.method} ${first.path}${fault === undefined ? '' : `: ${fault.text}`}`,
    ...chain.slice(0, ATTEMPTS).map((call, index) => {
      const wait = waits[index - 1]
      return `    attempt ${index + 1}  #${call.connection}  ${outcomeOf(call)}${wait === undefined ? '' : `  after ${formatMs(wait)}`}`
    }),
    ...(chain.length > ATTEMPTS ? [`    … and ${chain.length - ATTEMPTS} more`] : []),
  ]
}
