import { checkOptionNames, wrongOption } from '../../primitives/options.js'
import type { Match } from '../../wire/match.js'
import { plural } from '../../primitives/plural.js'
import { unjudgeable } from '../message/evidence.js'
import { makeVerdict, type MatcherVerdict } from '../message/verdict.js'
import { offenderLines, timelineLines, windowLine } from '../recording/recording-excerpt.js'
import { hasFailed, outcomeLines, readOperations, readWireAttempts } from './wire-attempts.js'

export interface ProbeExpectation {
  /** What the breaker guards. @default every call of an upstream */
  readonly match?: Match
}

/**
 * Passes when of several operations that were tried at once one attempt reached the wire: the probe of a half-open circuit. None follows while it is
 * on its way, nor at all when it fails; when it succeeds the circuit closes, and what comes then is welcome.
 *
 * @example
 * await suite.clock.advance('30s')
 * const run = await suite.repeat(5, () => app.inject({ method: 'POST', url: '/orders' }), { atOnce: true })
 * expect(run).toProbeOnce()
 *
 * @throws {HotbedError} `ERR_HOTBED_EVIDENCE` for what are no operations, where none reached the wire, or only one was tried while the probe was on
 *   its way
 * @throws {HotbedError} `ERR_HOTBED_OPTION`
 */
export function toProbeOnce(received: unknown, expectation: ProbeExpectation = {}): MatcherVerdict {
  readOperations(received, 'toProbeOnce')
  if (typeof expectation !== 'object' || expectation === null) throw wrongOption('expectation', '{ match }', expectation)
  checkOptionNames(expectation, ['match'], 'toProbeOnce()')
  const { count, attempts, operations, recording } = readWireAttempts(received, 'toProbeOnce', expectation.match)
  const [probe] = attempts
  const answeredAt = probe?.end ?? Infinity
  const rivals = operations.filter(({ startedAt }) => startedAt < answeredAt)
  if (probe === undefined || rivals.length < 2) {
    throw unjudgeable(
      [
        'toProbeOnce: only one operation was tried while the probe was on its way, so there was nobody to keep back.',
        windowLine(recording),
        ...outcomeLines(operations),
      ],
      'Try several at once: suite.repeat(5, fn, { atOnce: true })',
    )
  }
  const failed = hasFailed(probe)
  const others = attempts.slice(1).filter(({ start }) => failed || start < answeredAt)
  const end = failed ? 'which failed' : 'which was answered'
  const said = `${count(others.length + 1)} reached the wire for ${plural(operations.length, 'operation')} around the probe, ${end}`
  return makeVerdict(
    others.length === 0,
    () => [
      `${said}, expected one.`,
      windowLine(recording),
      ...offenderLines(others),
      ...outcomeLines(operations),
      ...timelineLines(recording, others),
      others.every(({ start }) => start > answeredAt)
        ? '  A probe that fails opens the circuit again: nothing follows before its time is over once more.'
        : '  While the probe is on its way, the others are refused or wait for it: one circuit breaker, shared by all callers.',
    ],
    () => [`${said}, and it was the only one.`, windowLine(recording), ...outcomeLines(operations), ...timelineLines(recording, [probe])],
  )
}
