import { checkOptionNames, checkWholeNumber, wrongOption } from '../../primitives/options.js'
import type { Match } from '../../wire/match.js'
import { plural } from '../../primitives/plural.js'
import { unjudgeable } from '../message/evidence.js'
import { makeVerdict, type MatcherVerdict } from '../message/verdict.js'
import { offenderLines, timelineLines, windowLine } from '../recording/recording-excerpt.js'
import { failureCounts, hasFailed, outcomeLines, readOperations, readWireAttempts } from './wire-attempts.js'

export interface CircuitExpectation {
  /** So many attempts may reach the wire before it opens. */
  readonly after: number
  /** What the breaker guards. @default every call of an upstream */
  readonly match?: Match
}

/**
 * Passes when at most `after` attempts reached the wire while what is guarded failed, and then none did, although operations were still tried. What
 * comes after a jump of the clock is not looked at: that is the half-open state.
 *
 * @example
 * const run = await suite.repeat(10, () => app.inject({ method: 'POST', url: '/orders' }))
 * expect(run).toOpenCircuit({ after: 3 })
 *
 * @throws {HotbedError} `ERR_HOTBED_EVIDENCE` for what are no operations, where no attempt failed, or nothing was tried after the last
 * @throws {HotbedError} `ERR_HOTBED_OPTION`
 */
export function toOpenCircuit(received: unknown, expectation: CircuitExpectation): MatcherVerdict {
  readOperations(received, 'toOpenCircuit')
  if (typeof expectation !== 'object' || expectation === null) throw wrongOption('expectation', '{ after: 3 }', expectation)
  checkOptionNames(expectation, ['after', 'match'], 'toOpenCircuit()')
  const { after, match } = expectation
  checkWholeNumber('after', after, 1)
  const { count, attempts, operations, recording } = readWireAttempts(received, 'toOpenCircuit', match)
  if (!attempts.some(hasFailed)) {
    throw unjudgeable(
      [`None of ${plural(attempts.length, 'attempt')} failed, so the circuit had no reason to open.`, windowLine(recording)],
      "Let them fail: await suite.intercept('POST /charges', reply({ status: 503 }))",
    )
  }
  const last = attempts.reduce((latest, { start }) => Math.max(latest, start), 0)
  const refused = operations.filter(({ startedAt }) => startedAt >= last)
  const isFew = attempts.length <= after
  if (isFew && refused.length === 0) {
    throw unjudgeable(
      [
        `${attempts.length} of ${plural(operations.length, 'operation')} reached the wire, and none was tried after that: nothing tells whether the circuit opened.`,
        windowLine(recording),
        ...outcomeLines(operations),
      ],
      `Try it more often than it may fail, one after the other: suite.repeat(${after + 5}, fn)`,
    )
  }
  const said = `${count(attempts.length)} reached the wire in ${plural(operations.length, 'operation')} (${failureCounts(attempts)})`
  return makeVerdict(
    isFew,
    () => {
      const beyond = attempts.slice(after)
      const first = beyond[0]?.start ?? 0
      return [
        `${said}, expected at most ${after} before the circuit opens.`,
        windowLine(recording),
        ...offenderLines(beyond),
        ...outcomeLines(operations.filter(({ settledAt }) => settledAt === undefined || settledAt > first)),
        ...timelineLines(recording, beyond),
        '  Stop asking when so many have failed: one circuit breaker around it, shared by all callers.',
      ]
    },
    () => [
      `${said}, then none in ${plural(refused.length, 'operation')}: the circuit opened, and should not.`,
      windowLine(recording),
      ...outcomeLines(refused),
      ...timelineLines(recording, attempts),
    ],
  )
}
