import { expect, test } from 'vitest'
import { createIndex } from '../../src/primitives/create-index.js'
import { quoteTable } from '../../src/primitives/sql-name.js'

test('the statement that makes an index quotes what PostgreSQL would fold, and brackets expressions', () => {
  expect(createIndex({ on: 'orders', columns: ['user_id', 'created_at DESC'] })).toBe('CREATE INDEX ON orders (user_id, created_at DESC)')
  expect(
    createIndex({ on: quoteTable({ schema: 'Shop', name: 'order"s' }), columns: ['userId desc nulls last', 'lower(a)', 'a + b'] }),
  ).toBe('CREATE INDEX ON "Shop"."order""s" ("userId" desc nulls last, lower(a), (a + b))')
})

test.each([
  ['a NULLS FIRST', 'a NULLS FIRST'],
  ['"userId" DESC', '"userId" DESC'],
  ['order', '"order"'],
  ["replace(a, ')', '(')", "replace(a, ')', '(')"],
  ['lower(a) || lower(b)', '(lower(a) || lower(b))'],
  ['(a)::text', '((a)::text)'],
  ['(a + b)', '(a + b)'],
])('%s stands as %s', (column, expected) => {
  expect(createIndex({ on: 't', columns: [column] })).toBe(`CREATE INDEX ON t (${expected})`)
})

test('what an index can have besides columns', () => {
  const shape = {
    name: 'Big',
    on: 't',
    method: 'gin',
    columns: ['a', 'b'],
    operatorClass: 'gin_trgm_ops',
    included: ['C'],
    predicate: 'd > 1',
  }
  expect(createIndex(shape)).toBe('CREATE INDEX "Big" ON t USING gin (a, b gin_trgm_ops) INCLUDE ("C") WHERE d > 1')
})
