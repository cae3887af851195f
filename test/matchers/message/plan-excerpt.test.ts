import { expect, test } from 'vitest'
import { indexLines, statementLines } from '../../../src/matchers/message/plan-excerpt.js'
import { parsePlan } from '../../../src/plan/parse.js'

const plan = (sql: string, params: readonly unknown[]) =>
  parsePlan({ Plan: { 'Node Type': 'Result' } }, { sql, params, postgresVersion: '18' })

test('a long statement is cut, its indentation dropped, and long values shortened', () => {
  const sql = `SELECT ${'a, '.repeat(100)}b\n      FROM t\n        WHERE x\n      AND 1\n      AND 2\n      AND 3\n      AND 4`
  const lines = statementLines(plan(sql, ['x'.repeat(100), new Date(0), Buffer.from('abc'), [1], null]))
  expect(lines[0]).toHaveLength(122)
  expect(lines.slice(1)).toEqual([
    '  FROM t',
    '    WHERE x',
    '  AND 1',
    '  AND 2',
    '  … 2 more',
    `  $1 = '${'x'.repeat(39)}…'  $2 = 1970-01-01T00:00:00.000Z  $3 = 3 bytes  $4 = [1]  $5 = null`,
  ])
})

test('indexes are listed with what makes them special, the first few of many', () => {
  const index = {
    name: 'i',
    schema: 'public',
    table: 't',
    columns: ['a'],
    included: ['b'],
    predicate: 'c > 1',
    unique: true,
    valid: false,
    method: 'gin',
    definition: '',
    parent: undefined,
  }
  expect(indexLines('t', [index])).toEqual(['  Indexes on t:', '    i (a) include (b) where c > 1 unique gin INVALID'])
  expect(indexLines('t', [])).toEqual(['  t has no index.'])
  expect(
    indexLines(
      't',
      Array.from({ length: 9 }, () => index),
    ),
  ).toHaveLength(7)
  expect(
    indexLines(
      't',
      Array.from({ length: 9 }, () => index),
    ).at(-1),
  ).toBe('    … 4 more')
})
