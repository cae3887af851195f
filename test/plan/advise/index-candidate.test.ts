import { expect, test } from 'vitest'
import { isServedBy, makeCandidate, writeIndex, type CandidateShape } from '../../../src/plan/advise/index-candidate.js'
import type { PlanIndex } from '../../../src/plan/plan.js'

const shape = (changes: Partial<CandidateShape>): CandidateShape => ({
  table: { schema: 'public', name: 't' },
  method: 'btree',
  equality: [],
  rest: [],
  operatorClass: undefined,
  included: [],
  predicate: undefined,
  ...changes,
})

const index = (changes: Partial<PlanIndex>): PlanIndex => ({
  name: 'i',
  schema: 'public',
  table: 't',
  columns: [],
  included: [],
  predicate: undefined,
  unique: false,
  valid: true,
  method: 'btree',
  definition: '',
  parent: undefined,
  ...changes,
})

test.each<[string, Partial<CandidateShape>, Partial<PlanIndex>, boolean]>([
  ['one that is equal', { equality: ['a'], rest: ['b'] }, { columns: ['a', 'b'] }, true],
  ['a longer one', { equality: ['a'] }, { columns: ['a', 'b'] }, true],
  ['a shorter one', { equality: ['a'], rest: ['b'] }, { columns: ['a'] }, false],
  ['one with the columns of one value in another order', { equality: ['a', 'b'], rest: ['c'] }, { columns: ['b', 'a', 'c'] }, true],
  ['one with the order first', { equality: ['a'], rest: ['b'] }, { columns: ['b', 'a'] }, false],
  ['one in the other direction, read backward', { equality: ['a'], rest: ['b DESC', 'c'] }, { columns: ['a', 'b', 'c DESC'] }, true],
  ['one with one of two directions turned', { rest: ['b DESC', 'c DESC'] }, { columns: ['b', 'c DESC'] }, false],
  ['one that covers more', { equality: ['a'], included: ['b'] }, { columns: ['a', 'c'], included: ['b'] }, true],
  ['one that covers less', { equality: ['a'], included: ['b', 'c'] }, { columns: ['a'], included: ['b'] }, false],
  [
    'a partial one with the same predicate',
    { equality: ['a'], predicate: "b = 'x'" },
    { columns: ['a'], predicate: "(b = 'x'::text)" },
    true,
  ],
  ['a partial one with another predicate', { equality: ['a'] }, { columns: ['a'], predicate: 'b' }, false],
  ['one of another method', { equality: ['a'] }, { columns: ['a'], method: 'hash' }, false],
  ['an expression', { equality: ['lower(a)'] }, { columns: ['lower(a)'] }, true],
])('is served by %s', (_, wanted, there, expected) => {
  expect(isServedBy(shape(wanted), index(there))).toBe(expected)
})

test('what is there already is no candidate; one that is invalid, or of another table, is not there', () => {
  const make = (there: Partial<PlanIndex>): unknown =>
    makeCandidate(shape({ equality: ['a'] }), { tables: [], indexes: [index({ columns: ['a'], ...there })] })
  expect(make({})).toBeUndefined()
  expect(make({ valid: false })).toBeDefined()
  expect(make({ table: 'u' })).toBeDefined()
  expect(make({ schema: 'shop' })).toBeDefined()
})

test('the DDL quotes names and puts brackets round expressions', () => {
  const table = { schema: 'shop', name: 'Order lines' }
  expect(
    writeIndex(
      shape({
        table,
        equality: ['User', "doc ->> 'k'::text"],
        rest: ['lower(email) DESC NULLS LAST'],
        included: ['Note'],
        predicate: 'a IS NULL',
      }),
      'i 1',
    ),
  ).toBe(
    `CREATE INDEX "i 1" ON shop."Order lines" ("User", (doc ->> 'k'::text), lower(email) DESC NULLS LAST) INCLUDE ("Note") WHERE a IS NULL;`,
  )
  const own = { schema: 'public', name: 't', columns: ['User Id', 'a"b', 'x-y'] }
  expect(writeIndex(shape({ table: own, equality: ['User Id', 'a"b'], rest: ['x-y DESC', 'x - y'] }))).toBe(
    'CREATE INDEX ON t ("User Id", "a""b", "x-y" DESC, (x - y));',
  )
  expect(writeIndex(shape({ method: 'gin', rest: ['doc'] }))).toBe('CREATE INDEX ON t USING gin (doc);')
  expect(writeIndex(shape({ equality: ['a'], rest: ['b'], operatorClass: 'text_pattern_ops' }))).toBe(
    'CREATE INDEX ON t (a, b text_pattern_ops);',
  )
})

test.each<[string, Partial<PlanIndex>, boolean]>([
  ['the order first is badly ordered', { columns: ['b', 'a'] }, true],
  ['all but the carried column is not', { columns: ['a', 'b'] }, false],
])('an index with %s', (_name, existing, isMisordered) => {
  const indexes = [index(existing)]

  const candidate = makeCandidate(shape({ equality: ['a'], rest: ['b'], included: ['c'] }), { tables: [], indexes, foreignKeys: [] })

  expect(candidate?.misordered === indexes[0]).toBe(isMisordered)
})
