import { expect, test } from 'vitest'
import { nameParameters } from '../../../src/matchers/plan/parameter-literals.js'

test.each<[string, readonly unknown[], string]>([
  ['(user_id = 42)', [42], '(user_id = $1)'],
  ["((status = 'open'::text) AND (total = '77'::numeric))", ['open', 77], '((status = $1) AND (total = $2))'],
  ["(total = '-5'::integer)", [-5], '(total = $1)'],
  ["(note = 'it''s'::text)", ["it's"], '(note = $1)'],
  ["(name = 'x'::character varying)", ['x'], '(name = $1)'],
  ["(at > '2024-01-01 00:00:00+00'::timestamp with time zone)", [new Date('2024-01-01T00:00:00Z')], '(at > $1)'],
  ["(at > '2024-01-01 00:00:00+00'::timestamp with time zone)", ['2024-01-01T01:00:00+01:00'], '(at > $1)'],
  ["(id = ANY ('{1,2,3}'::integer[]))", [[1, 2, 3]], '(id = ANY ($1))'],
  ["(id = ANY ('{1,2,3}'::integer[]))", ['{"1","2","3"}'], '(id = ANY ($1))'],
])('%s with %j is %s', (condition, params, named) => {
  expect(nameParameters(condition, params)).toBe(named)
})

test.each<[string, readonly unknown[]]>([
  ['(user_id = 42)', []],
  ['(user_id = 42)', [4]],
  ['(a1.x42 = b.y)', [42, 1]],
  ['("42" = 7)', [42]],
  ["(status = 'open'::text)", ['closed', null, undefined, { a: 1 }]],
  ["(status = ''::text)", [' ']],
])('%s with %j stays as it is', (condition, params) => {
  expect(nameParameters(condition, params)).toBe(condition)
})
