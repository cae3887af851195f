import { expect, test } from 'vitest'
import { toExecuteStatements } from '../../../src/matchers/recording/to-execute-statements.js'
import type { CountRange } from '../../../src/matchers/recording/count-range.js'
import type { Match } from '../../../src/wire/match.js'
import { record, redis, result, sql } from '../../wire/recording/traffic.js'

const update = (seat: number) => sql(`UPDATE seats SET taken = true WHERE id = ${seat}`, { results: [result('UPDATE 1')] })
const RUN = record([sql('SET search_path TO a'), sql('select * from seats'), update(1), redis('GET seat:1', '$-1\r\n'), update(2)])

test.each<[Match | CountRange | undefined, CountRange | undefined, boolean]>([
  [undefined, undefined, true],
  [3, undefined, true],
  [2, undefined, false],
  [{ max: 2 }, undefined, false],
  [{ min: 3, max: 3 }, undefined, true],
  ['UPDATE seats', undefined, true],
  ['UPDATE seats', 2, true],
  ['UPDATE seats', { max: 1 }, false],
  [{ sql: /taken/ }, { min: 2 }, true],
  ['DELETE', undefined, false],
  ['DELETE', 0, true],
  [() => true, 3, true],
])('%j with %j: %j', (match, range, pass) => {
  expect(toExecuteStatements(RUN, match, range).pass).toBe(pass)
})

test('too many are shown with the timeline of both stores', () => {
  expect(toExecuteStatements(RUN, 'UPDATE seats', 1).message().split('\n')).toEqual([
    'The recording has 2 statements like UPDATE seats, expected exactly 1.',
    '  in 5.0 ms: 3 statements, 1 command, 2 connections; session set-up of clients is not counted (1)',
    '  ✗ 2.0 ms  pg  #1  UPDATE seats SET taken = true WHERE id = 1  → 1 row  took 0.5 ms',
    '  ✗ 4.0 ms  pg  #1  UPDATE seats SET taken = true WHERE id = 2  → 1 row  took 0.5 ms',
    '  timeline:',
    '    1.0 ms  pg     #1  select * from seats                         → 1 row  took 0.5 ms',
    '  ✗ 2.0 ms  pg     #1  UPDATE seats SET taken = true WHERE id = 1  → 1 row  took 0.5 ms',
    '    3.0 ms  redis  #2  GET seat:1                                  → nil    took 0.5 ms',
    '  ✗ 4.0 ms  pg     #1  UPDATE seats SET taken = true WHERE id = 2  → 1 row  took 0.5 ms',
  ])
})

test('of many the first three, and what is left out is counted', () => {
  const many = record(Array.from({ length: 1234 }, (_, index) => update(index)))
  const message = toExecuteStatements(many, { max: 10 }).message()
  expect(message).toContain('The recording has 1,234 statements, expected at most 10.')
  expect(message).toContain('    … and 1,231 more')
  expect(message).toContain('    … 1,229 after')
})

test('a match that nothing met is told what comes nearest', () => {
  const message = toExecuteStatements(RUN, 'UPDATE seat').message()
  expect(message).toContain('The recording has 0 statements like UPDATE seat, expected at least 1.')
  expect(message).toContain('  Nothing matched UPDATE seat. Nearest seen:\n    update seats set taken = true where id = ?  ×2\n')
  expect(toExecuteStatements(record([]), 'UPDATE seats').message()).toContain('  There was no statement at all.')
})

test('with .not it says what should not have been', () => {
  expect(toExecuteStatements(RUN, 'UPDATE seats').message()).toContain(
    'The recording has 2 statements like UPDATE seats, expected not at least 1.',
  )
})

test('a recording that overlaps with another is not counted', () => {
  expect(() => toExecuteStatements(record([update(1)], { isOverlapping: true }))).toThrow(
    /^toExecuteStatements counts, and this recording overlaps with another one of the same suite: each holds the traffic of both\.\n {2}1\.0 ms: 1 statement, .* \[ERR_HOTBED_EVIDENCE\]\n {2}→ Use a suite per test, createTest\(stack, \{ scope: 'test' \}\), or record one after the other\.$/,
  )
})

test('anything but a recording is refused with the verb that makes one', () => {
  expect(() => toExecuteStatements([])).toThrow(
    'toExecuteStatements judges a recording, and was given an array of 0. [ERR_HOTBED_EVIDENCE]\n  → Get one by: const run = await suite.record(() => …)',
  )
  expect(() => toExecuteStatements(Promise.resolve(RUN))).toThrow('Await it first: const run = await suite.record(() => …)')
})

test.each<[unknown, unknown, string]>([
  [
    'GET seat:*',
    undefined,
    'toExecuteStatements counts statements, and the match GET seat:* means Redis. [ERR_HOTBED_OPTION]\n  → Use toSendCommands',
  ],
  [1, 2, 'toExecuteStatements() was given two ranges. [ERR_HOTBED_OPTION]'],
  [-1, undefined, "Option 'range' must be a whole number from 0 on, or { min, max }, but is -1."],
  [1.5, undefined, "Option 'range' must be a whole number from 0 on, or { min, max }, but is 1.5."],
  ['UPDATE', 'twice', `Option 'range' must be a whole number from 0 on, or { min, max }, but is "twice".`],
  [{}, undefined, 'toExecuteStatements() was given a range without bounds. [ERR_HOTBED_OPTION]\n  → Give min, max or both.'],
  [{ min: 3, max: 1 }, undefined, "Option 'min' must be at most max (1), but is 3."],
  [{ min: 'a' }, undefined, `Option 'min' must be a whole number from 0 on, but is "a".`],
  [{ max: -1 }, undefined, "Option 'max' must be a whole number from 0 on, but is -1."],
  [{ min: 1, most: 2 }, undefined, "toExecuteStatements() has no option 'most'."],
  ['SELCT', undefined, "Did you mean 'SELECT'?"],
])('%j with %j is refused', (match, range, message) => {
  expect(() => toExecuteStatements(RUN, match as Match, range as CountRange)).toThrow(message)
})
