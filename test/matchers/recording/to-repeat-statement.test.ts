import { expect, test } from 'vitest'
import { toRepeatStatement, type RepeatOptions } from '../../../src/matchers/recording/to-repeat-statement.js'
import { prepared, record, sql } from '../../wire/recording/traffic.js'

const item = (id: number) => prepared('select * from items where order_id = $1', [String(id)])
const N_PLUS_ONE = record([sql('select * from orders'), item(1), item(2), item(3), item(4), item(4)])

test('one shape with different values is repeated, whether they are bound or written in the text', () => {
  expect(toRepeatStatement(N_PLUS_ONE).pass).toBe(true)
  expect(toRepeatStatement(record([sql('select * from a where id = 1'), sql('select * from a where id = 2')])).pass).toBe(true)
  expect(toRepeatStatement(N_PLUS_ONE, { times: 5 }).pass).toBe(true)
  expect(toRepeatStatement(N_PLUS_ONE, { times: 6 }).pass).toBe(false)
  expect(toRepeatStatement(record([item(1), sql('select 1'), sql('select * from b')])).pass).toBe(false)
})

test('equal values count when that is asked for', () => {
  const same = record([item(1), item(1)])
  expect(toRepeatStatement(same).pass).toBe(false)
  expect(toRepeatStatement(same, { identical: true }).pass).toBe(true)
  expect(toRepeatStatement(same, { identical: true }).message()).toContain(
    '  2×  select * from items where order_id = ?  (identical repeats)\n      $1 = "1"\n',
  )
})

test('transactions are no repeats', () => {
  expect(toRepeatStatement(record([sql('begin'), sql('commit'), sql('begin'), sql('commit')]), { identical: true }).pass).toBe(false)
})

test('it tells how often, the shape and the first values', () => {
  const lines = toRepeatStatement(N_PLUS_ONE).message().split('\n')
  expect(lines.slice(0, 4)).toEqual([
    'The recording repeats 1 statement.',
    '  in 6.0 ms: 6 statements, 0 commands, 2 connections',
    '  5×  select * from items where order_id = ?  (4 different values, 1 identical repeat)',
    '      $1 = "1" | $1 = "2" | $1 = "3" | … and 1 more',
  ])
  expect(lines[5]).toBe('    0.0 ms  pg  #1  select * from orders                     → 1 row  took 0.5 ms')
  expect(lines.at(-1)).toBe('  Ask once for all of them: … WHERE id = ANY($1), or a join.')
  expect(toRepeatStatement(record([item(1)]), { times: 3 }).message()).toBe(
    'The recording repeats no statement 3 times with different values.\n  in 1.0 ms: 1 statement, 0 commands, 2 connections\n  1×  select * from items where order_id = ?  (executed once)\n      $1 = "1"',
  )
})

test.each<[unknown, string]>([
  [{ times: 1 }, "Option 'times' must be a whole number from 2 on, but is 1."],
  [{ identical: 'yes' }, `Option 'identical' must be true or false, but is "yes".`],
  [{ time: 2 }, "toRepeatStatement() has no option 'time'. [ERR_HOTBED_OPTION]\n  → Did you mean 'times'?"],
  [2, "Option 'options' must be { times, identical }, but is 2."],
])('the options %j are refused', (options, message) => {
  expect(() => toRepeatStatement(N_PLUS_ONE, options as RepeatOptions)).toThrow(message)
})
