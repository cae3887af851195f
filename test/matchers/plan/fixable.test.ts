import { expect, test } from 'vitest'
import { isFixable, plansByWork } from '../../../src/matchers/plan/fixable.js'
import { parsePlan } from '../../../src/plan/parse.js'

test.each([
  ['toUseIndex', false, true],
  ['toUseIndex', true, false],
  ['toSeqScan', true, true],
  ['toSeqScan', false, false],
  ['toHaveTtl', false, false],
  ['constructor', false, false],
])('%s, with .not: %s, may be mended by an index: %s', (matcher, isNot, expected) => {
  expect(isFixable(matcher, isNot)).toBe(expected)
})

test('what is no plan is refused as by the matcher itself', () => {
  const plan = parsePlan({ Plan: { 'Node Type': 'Result' } }, { sql: 'SELECT 1', params: [], postgresVersion: '18.0' })
  expect(plansByWork(plan, 'toUseIndex')).toEqual([plan])
  expect(() => plansByWork(5, 'toUseIndex')).toThrow('toUseIndex judges a plan')
})
