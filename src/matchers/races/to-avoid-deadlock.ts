import { plural } from '../../primitives/plural.js'
import type { Recording, Statement } from '../../wire/recording/recording.js'
import { unjudgeable } from '../message/evidence.js'
import { makeVerdict, type MatcherVerdict } from '../message/verdict.js'
import { readCountable, requireSeenApplication } from '../recording/countable.js'
import { timelineLines, windowLine } from '../recording/recording-excerpt.js'
import { statementLine } from '../recording/statement-line.js'
import { ANSWERED, DEADLOCK, findVictims, readCycle, type DeadlockMember } from './deadlocks.js'

const HAD_RUN = 2

/**
 * Passes when the server ended no statement with 40P01. Where it did, the cycle of its DETAIL is told: who waits for whom, in which statement,
 * and what each had run before, which is the order in which it took its locks. An error that a rule answered with is no deadlock.
 *
 * @throws {HotbedError} `ERR_HOTBED_EVIDENCE` for what is no recording, one that overlaps with another, or one in which nothing was asked of
 * Postgres
 */
export function toAvoidDeadlock(received: unknown): MatcherVerdict {
  const recording = readCountable(received, 'toAvoidDeadlock')
  requireSeenApplication(recording, 'toAvoidDeadlock')
  if (recording.statements.length === 0) {
    throw unjudgeable(
      ['The recording has no statement, so nobody could wait for a lock.', windowLine(recording)],
      'Record transactions that meet: suite.overlap(2, …) brings them together.',
    )
  }
  const victims = findVictims(recording)
  const [first] = victims
  return makeVerdict(
    first === undefined,
    () => [
      `The recording has ${plural(victims.length, 'deadlock')}, expected none.`,
      windowLine(recording),
      ...(first === undefined ? [] : cycleLines(first, readCycle(first, recording))),
      ...(victims.length > 1 ? [`  … and ${plural(victims.length - 1, 'more deadlock')}`] : []),
      ...timelineLines(recording, victims),
      '  Take locks in one order everywhere: update rows in the order of their key, or lock them all before: SELECT … ORDER BY id FOR UPDATE.',
    ],
    () => ['The recording has no deadlock, expected one.', windowLine(recording), ...answeredLines(recording)],
  )
}

function cycleLines(victim: Statement, cycle: readonly DeadlockMember[]): readonly string[] {
  if (cycle.length === 0) {
    return [`  #${victim.connection} failed with 40P01, without a DETAIL that says who waited for whom: ${statementLine(victim)}`]
  }
  const nameOf = (processId: number): string => {
    const connection = cycle.find((member) => member.processId === processId)?.connection
    return connection === undefined ? `process ${processId}` : `#${connection}`
  }
  return cycle.flatMap((member) => memberLines(member, nameOf, member.waitsIn === victim))
}

function memberLines(
  { processId, lock, blockedBy, connection, waitsIn, hadRun }: DeadlockMember,
  nameOf: (processId: number) => string,
  isVictim: boolean,
): readonly string[] {
  const rest = hadRun.length - HAD_RUN
  const before = hadRun.slice(0, HAD_RUN).map(statementLine)
  return [
    `  ${nameOf(processId)} waits for ${nameOf(blockedBy)}: ${lock}${isVictim ? ', and was ended with 40P01' : ''}`,
    ...before.map((line, index) => `    ${index === 0 ? 'had run ' : '        '}  ${line}`),
    ...(rest > 0 ? [`              … and ${rest} more`] : []),
    connection === undefined
      ? '    what it ran is not known: its connection does not lead through the tap'
      : `    waits in  ${waitsIn === undefined ? 'a statement that was sent before the recording began' : statementLine(waitsIn)}`,
  ]
}

function answeredLines({ statements }: Recording): readonly string[] {
  const answered = statements.filter(({ error, steered }) => error?.code === DEADLOCK && steered === ANSWERED)
  return answered.length === 0
    ? []
    : [`  ${plural(answered.length, 'statement')} answered with 40P01 by a rule of the test: nobody waited there.`]
}
