import { expect, test } from 'vitest'
import { findUnknownColumn, hasLeadingColumns } from '../../src/plan/index-columns.js'
import type { PlanIndex } from '../../src/plan/plan.js'

const index = (...columns: readonly string[]): PlanIndex => ({
  name: 'i',
  schema: 'public',
  table: 't',
  columns,
  included: [],
  predicate: undefined,
  unique: false,
  valid: true,
  method: 'btree',
  definition: '',
  parent: undefined,
})

test.each<[readonly string[], readonly string[], boolean]>([
  [['a'], ['a', 'b'], true],
  [['a', 'b'], ['a', 'b DESC'], true],
  [['a', 'b desc'], ['a', 'b DESC'], true],
  [['a', 'b asc'], ['a', 'b DESC'], false],
  [['a', 'b DESC'], ['a', 'b'], false],
  [['b', 'a'], ['a', 'b'], false],
  [['a', 'b'], ['a'], false],
  [['A'], ['a'], false],
  [['b DESC'], ['b DESC NULLS LAST'], true],
  [['lower(a)'], ['lower(a)'], true],
  [["((a ->> 'x'))"], ["(a ->> 'x'::text)"], false],
  [["a->>'x'::text"], ["(a ->> 'x'::text)"], true],
  [['(a) + (b)'], ['a'], false],
])('%j begins an index on %j: %s', (columns, there, expected) => {
  expect(hasLeadingColumns(index(...there), columns)).toBe(expected)
})

test('only plain names can be unknown', () => {
  expect(findUnknownColumn(['a DESC', 'lower(z)', 'c'], ['a', 'b'])).toBe('c')
  expect(findUnknownColumn(['a', 'lower(z)'], ['a', 'b'])).toBeUndefined()
})
