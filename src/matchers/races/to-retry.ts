import { plural } from '../../primitives/plural.js'
import { checkOptionNames, wrongOption } from '../../primitives/options.js'
import type { Statement } from '../../wire/recording/recording.js'
import { unjudgeable } from '../message/evidence.js'
import { isNegated, makeVerdict, type MatcherVerdict } from '../message/verdict.js'
import type { CountRange, ReadRange } from '../recording/count-range.js'
import { readCountable, requireSeenApplication } from '../recording/countable.js'
import { timelineLines, windowLine } from '../recording/recording-excerpt.js'
import { statementLine } from '../recording/statement-line.js'
import { findChains, readAttempts, type Attempt, type RetryChain } from './retry-chains.js'
import { judgeCallRetries, type CallRetryExpectation } from './call-retry.js'
import { createEffectWatch, whyNotRetried } from './retry-faults.js'
import { readRetryTimes, wasOrWere } from './retry-words.js'

export interface RetryExpectation {
  /** How often each transaction that failed was tried again, until it committed: its attempts are one more. @default { min: 1 } */
  readonly times?: CountRange
  /** The SQLSTATE, or several, that are to be answered by a retry. @default ['40001', '40P01'] */
  readonly on?: string | readonly string[]
}

const SHOWN = 3
const WHOLE = '  Try the whole transaction again: ROLLBACK, then BEGIN and every statement, since what it had read may have changed.'

/**
 * Passes when every transaction that failed with a serialization failure or a deadlock was tried again as a whole, so often, and committed at
 * last: PostgreSQL's own advice for 40001 and 40P01 (Serialization Failure Handling). A retry is what begins with the same statement and the
 * same values after the failure. With `.not` no such transaction may have been.
 *
 * With `match` it is about calls of upstreams: each that failed was tried again so often, not before its time, and none that may have been carried
 * out was repeated blindly. With `.not` none was tried again.
 *
 * @param this what `expect` passes: `.not` is about every failure as well, so it is no mere negation
 * @throws {HotbedError} `ERR_HOTBED_EVIDENCE` for what is no recording, one that overlaps with another, or one in which nothing failed so
 * @throws {HotbedError} `ERR_HOTBED_OPTION` for options that are none
 */
export function toRetry(this: unknown, received: unknown, expectation: RetryExpectation | CallRetryExpectation = {}): MatcherVerdict {
  const recording = readCountable(received, 'toRetry')
  if (typeof expectation === 'object' && expectation !== null && 'match' in expectation)
    return judgeCallRetries(this, recording, expectation)
  const { times, codes } = readExpectation(expectation)
  const label = [...codes].join(' or ')
  requireSeenApplication(recording, 'toRetry')
  if (!recording.statements.some(({ error }) => error !== undefined && codes.has(error.code))) {
    throw unjudgeable(
      [`No statement failed with ${label}, so there was nothing to try again.`, windowLine(recording)],
      `Make one fail: await suite.intercept('COMMIT', reply({ error: '${[...codes][0]}' }), { times: 1 })`,
    )
  }
  const attempts = readAttempts(recording, codes)
  const repeatedEffect = createEffectWatch(attempts)
  const judged = findChains(attempts).map((chain): Judged => ({ chain, fault: faultOf(chain, times, attempts, repeatedEffect(chain)) }))
  const faulty = judged.filter(({ fault }) => fault !== undefined)
  const right = judged.filter(({ fault }) => fault === undefined)
  const subject = `of ${plural(judged.length, 'transaction')} that failed with ${label}`
  const evidence = (shown: readonly Judged[]): readonly string[] => [
    windowLine(recording),
    ...shown.slice(0, SHOWN).flatMap(chainLines),
    ...(shown.length > SHOWN ? [`  … and ${shown.length - SHOWN} more`] : []),
    ...timelineLines(
      recording,
      shown.flatMap(({ chain }) => chain.flatMap(({ failure }) => failure ?? [])),
    ),
  ]
  return makeVerdict(
    isNegated(this) ? right.length > 0 : faulty.length === 0,
    () => [`${faulty.length} ${subject} ${wasOrWere(faulty)} not tried again as expected: ${times.label}.`, ...evidence(faulty), WHOLE],
    () => [`${right.length} ${subject} ${wasOrWere(right)} tried again until it committed, and none should.`, ...evidence(right)],
  )
}

interface Judged {
  readonly chain: RetryChain
  /** In words. Undefined: it is as it should be. */
  readonly fault: (() => string) | undefined
}

function readExpectation(expectation: unknown): { readonly times: ReadRange; readonly codes: ReadonlySet<string> } {
  if (typeof expectation !== 'object' || expectation === null) throw wrongOption('expectation', '{ times, on }', expectation)
  checkOptionNames(expectation, ['times', 'on'], 'toRetry()')
  const { times = { min: 1 }, on = ['40001', '40P01'] }: { readonly times?: unknown; readonly on?: unknown } = expectation
  const codes: readonly unknown[] = Array.isArray(on) ? on : [on]
  const known = codes.filter((code) => typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code)) as readonly string[]
  if (known.length === 0 || known.length < codes.length) throw wrongOption('on', "an SQLSTATE such as '40001', or several", on)
  return { times: readRetryTimes(times), codes: new Set(known) }
}

function faultOf(
  chain: RetryChain,
  times: ReadRange,
  attempts: readonly Attempt[],
  repeated: Statement | undefined,
): (() => string) | undefined {
  const last = chain.at(-1) ?? chain[0]
  if (last.failure !== undefined) return () => whyNotRetried(last, attempts)
  if (!last.committed) return () => 'the last attempt was not committed'
  if (repeated !== undefined) return () => `this had been committed by itself, and came twice: ${statementLine(repeated)}`
  return times.holds(chain.length - 1) ? undefined : () => `it was tried again ${plural(chain.length - 1, 'time')}`
}

function chainLines({ chain, fault }: Judged): readonly string[] {
  const [{ head }] = chain
  return [
    `  ✗ ${head === undefined ? 'a transaction' : statementLine(head)}${fault === undefined ? '' : `: ${fault()}`}`,
    ...chain.map((attempt, index) => `    attempt ${index + 1}  #${attempt.connection}  ${endOf(attempt)}`),
  ]
}

function endOf({ failure, committed, isTransaction }: Attempt): string {
  if (failure === undefined) return committed ? (isTransaction ? 'committed' : 'done') : 'not committed'
  return `✗ ${failure.error?.code ?? ''}${isTransaction ? ` at ${statementLine(failure)}` : ''}${failure.steered === undefined ? '' : ` (${failure.steered})`}`
}
