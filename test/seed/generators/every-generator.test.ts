import { expect, test } from 'vitest'
import { prepareGenerator, type Bound, type Generator } from '../../../src/seed/generator.js'
import { fingerprint } from '../../../src/primitives/fingerprint.js'
import { array } from '../../../src/seed/generators/array.js'
import { compositeUnique } from '../../../src/seed/generators/composite-unique.js'
import { derived } from '../../../src/seed/generators/derived.js'
import { each } from '../../../src/seed/generators/each.js'
import type { PerParent } from '../../../src/seed/generators/child-counts.js'
import { compositeForeignKey, foreignKey } from '../../../src/seed/generators/foreign-key.js'
import { growth } from '../../../src/seed/generators/growth.js'
import { json } from '../../../src/seed/generators/json.js'
import { lognormal, normal } from '../../../src/seed/generators/normal.js'
import { nullable } from '../../../src/seed/generators/nullable.js'
import { constant, oneOf, weighted } from '../../../src/seed/generators/one-of.js'
import { poisson } from '../../../src/seed/generators/poisson.js'
import { pool } from '../../../src/seed/generators/pool.js'
import { sequence } from '../../../src/seed/generators/sequence.js'
import { text, words } from '../../../src/seed/generators/text.js'
import { uniform, uniformFloat, uniformTime } from '../../../src/seed/generators/uniform.js'
import { uniqueEmail, uniqueNumber, uniqueText } from '../../../src/seed/generators/unique.js'
import { uuid } from '../../../src/seed/generators/uuid.js'
import { zipf } from '../../../src/seed/generators/zipf.js'
import { bindIn, valuesOf, type Stage } from './with-context.js'

const ROWS = 5000
const STAGE: Stage = {
  rows: { orders: ROWS, users: 700 },
  generators: { 'users.id': sequence({ start: 1000 }), 'users.tenant_id': uniform({ min: 1, max: 5 }), 'orders.id': sequence() },
}
const pair = compositeUnique({ user_id: { references: 'users' }, badge: ['gold', 'silver', 'bronze'], level: { min: 1, max: 10 } })

const GENERATORS: readonly (readonly [string, Generator])[] = [
  ['sequence', sequence({ start: -5, step: 3 })],
  ['a falling sequence', sequence({ step: -1 })],
  ['uniform', uniform({ min: -3, max: 40 })],
  ['uniform with decimals', uniform({ min: 0, max: 1, decimals: 2 })],
  ['uniformFloat', uniformFloat({ min: 0, max: 1 })],
  ['uniformTime', uniformTime({ from: '2020-01-01', to: '2021-01-01' })],
  ['normal', normal({ mean: 5, deviation: 2, min: 4, decimals: 1 })],
  ['lognormal', lognormal({ median: 40, p99: 900 })],
  ['zipf', zipf({ values: 100, exponent: 1.1 })],
  ['zipf of a list', zipf({ values: ['a', 'b', 'c'] })],
  ['zipf above a million', zipf({ values: 5_000_000, exponent: 1 })],
  ['poisson', poisson(2.5)],
  ['weighted', weighted({ a: 90, b: 9.9, c: 0.1 })],
  ['oneOf', oneOf(['x', 'y', 'x'])],
  ['constant', constant('same')],
  ['nullable', nullable(0.3, sequence())],
  ['nullable pool', nullable(0.3, oneOf(['x', 'y']))],
  ['uniqueNumber', uniqueNumber({ min: 10, max: 6000 })],
  ['uniqueText', uniqueText({ length: 12, prefix: 'SKU-' })],
  ['uniqueEmail', uniqueEmail()],
  ['uuid', uuid()],
  ['uuid 7', uuid({ version: 7 })],
  ['compositeUnique', pair.user_id],
  ['foreignKey', foreignKey('users')],
  ['foreignKey by zipf', foreignKey('users', { distribution: { zipf: 1 } })],
  ['foreignKey per parent', foreignKey('users', { perParent: 'poisson' })],
  ['foreignKey per parent, fixed', foreignKey('users', { perParent: 'fixed' })],
  ['foreignKey per parent, zipf', foreignKey('users', { perParent: { zipf: 1 } })],
  ['foreignKey to itself', foreignKey('orders')],
  ['compositeForeignKey', compositeForeignKey('users', { tenant_id: 'tenant_id', value: 'id' }).value],
  ['growth', growth({ from: '2023-01-01' })],
  ['exponential growth', growth({ from: '2023-01-01', shape: 'exponential', factor: 0.2 })],
  ['seasonal growth', growth({ from: '2023-01-01', shape: 'seasonal', factor: 3 })],
  ['derived', derived(({ value, row, draws }) => `${String(value('id'))}-${row}-${draws.below(row, 10)}`)],
  ['text', text({ median: 20, p99: 90 })],
  ['words', words({ min: 1, max: 4 })],
  ['json', json({ source: weighted({ web: 8, app: 2 }), at: uniformTime({ from: 0, to: 1e12 }), tags: [oneOf(['a', 'b']), 'fixed'] })],
  ['array', array(nullable(0.2, uniform({ min: 0, max: 9 })), { min: 0, max: 4 })],
  ['array by poisson', array(oneOf(['a', 'b']), poisson(2))],
  ['pool', pool((faker) => faker.commerce.productName(), 50)],
  ['each', each((faker, row) => `${faker.person.fullName()} ${row}`)],
  [
    'nested faker',
    json({
      who: nullable(
        0.5,
        each((faker) => faker.person.firstName()),
      ),
      tags: array(
        pool((faker) => faker.word.noun(), 9),
        2,
      ),
    }),
  ],
]

const prepared = (generator: Generator, seed = 1): Promise<Generator> => prepareGenerator(generator, { seed, epochMs: 0 })

test.each(GENERATORS)('%s: a value depends on its row only', async (_, raw) => {
  const generator = await prepared(raw)
  const forwards = valuesOf(bindIn(generator, STAGE), ROWS)
  const bound = bindIn(generator, STAGE)
  const backwards = Array.from({ length: ROWS }, (_nothing, index) => bound.at(ROWS - 1 - index)).toReversed()
  expect(backwards).toEqual(forwards)
  expect(bound.at(7)).toEqual(forwards[7])
})

test.each(GENERATORS)('%s: another seed gives other values where there is chance, and it is what its spec says', async (kind, raw) => {
  const [one, other] = [await prepared(raw, 1), await prepared(raw, 2)]
  const fixed = ['sequence', 'a falling sequence', 'constant', 'foreignKey per parent, fixed'].includes(kind)
  const first = valuesOf(bindIn(one, STAGE), 400)
  const second = valuesOf(bindIn(other, { ...STAGE, seed: 2 }), 400)
  expect(JSON.stringify(second) === JSON.stringify(first)).toBe(fixed)
  expect(fingerprint(one.spec)).toBe(fingerprint((await prepared(raw, 1)).spec))
  expect(one.kind).toBe(raw.kind)
})

/** What a generator claims and its values do not keep. */
function liesOf(bound: Bound): string[] {
  const values = valuesOf(bound, ROWS)
  const present = values.filter((value) => value !== null)
  const counts = new Map<string, number>()
  for (const key of present.map((value) => JSON.stringify(value))) counts.set(key, (counts.get(key) ?? 0) + 1)
  const { isUnique, distinct = Infinity, isSorted, isTime, pool: pooled, hottest } = bound
  const [top] = hottest?.(1).map((value) => JSON.stringify(value)) ?? []
  const claims = {
    unique: isUnique !== true || counts.size === present.length,
    distinct: counts.size <= distinct,
    sorted: isSorted !== true || values.every((value, row) => row === 0 || value! >= values[row - 1]!),
    time: isTime !== true || present.flat().every((value) => typeof value === 'number'),
    pool: pooled === undefined || values.every((value, row) => value === (pooled.index(row) < 0 ? null : pooled.values[pooled.index(row)])),
    hottest: top === undefined || (counts.get(top) ?? 0) > Math.max(...counts.values()) * 0.8,
  }
  return Object.entries(claims).flatMap(([claim, isTrue]) => (isTrue ? [] : [claim]))
}

test('a lie would be found', () => {
  const at = (row: number): number => row % 10
  const pooled = { values: [1], index: () => 0 }
  expect(liesOf({ at, isUnique: true, distinct: 9, isSorted: true, pool: pooled, hottest: () => [11] })).toEqual([
    'unique',
    'distinct',
    'sorted',
    'pool',
    'hottest',
  ])
})

test.each(GENERATORS)('%s: what it says of its values is true', async (_, raw) => {
  expect(liesOf(bindIn(await prepared(raw), STAGE))).toEqual([])
})

test('columns that are unique together make no tuple twice, and use every value of each', () => {
  const columns = Object.entries(pair).map(([column, generator]) => bindIn(generator as Generator, { ...STAGE, column }))
  const tuples = Array.from({ length: ROWS }, (_, row) => columns.map(({ at }) => at(row)))
  expect(new Set(tuples.map((tuple) => tuple.join())).size).toBe(ROWS)
  expect(columns.map((_, index) => new Set(tuples.map((tuple) => tuple[index])).size)).toEqual([700, 3, 10])
})

test('all tuples of a product are made when all are asked for', () => {
  const all = compositeUnique({ a: ['x', 'y', 'z'], b: { min: 0, max: 99 } })
  const stage: Stage = { rows: { orders: 300 } }
  const [a, b] = [bindIn(all.a, { ...stage, column: 'a' }), bindIn(all.b, { ...stage, column: 'b' })]
  expect(new Set(Array.from({ length: 300 }, (_, row) => `${a.at(row)}${b.at(row)}`)).size).toBe(300)
})

test('columns of a composite foreign key agree on the parent', () => {
  const key = compositeForeignKey('users', { tenant_id: 'tenant_id', user_id: 'id' }, { distribution: { zipf: 1 } })
  const tenant = bindIn(key.tenant_id, { ...STAGE, column: 'tenant_id' })
  const user = bindIn(key.user_id, { ...STAGE, column: 'user_id' })
  const parents = bindIn(uniform({ min: 1, max: 5 }), { ...STAGE, table: 'users', column: 'tenant_id' })
  for (let row = 0; row < 500; row += 1) expect(tenant.at(row)).toBe(parents.at(Number(user.at(row)) - 1000))
})

test('a reference to the own table points backwards, so it is a forest', () => {
  const bound = bindIn(foreignKey('orders'), STAGE)
  expect(bound.at(0)).toBeNull()
  for (let row = 1; row < ROWS; row += 1) expect(Number(bound.at(row))).toBeLessThanOrEqual(row)
})

test('children per parent stand together and every parent’s count is as its shape says', () => {
  const countsOf = (perParent: PerParent): number[] => {
    const values = valuesOf(bindIn(foreignKey('users', { perParent }), STAGE), ROWS).map(Number)
    expect(values).toEqual(values.toSorted((left, right) => left - right))
    return Array.from({ length: 700 }, (_, user) => values.filter((value) => value === 1000 + user).length)
  }
  const even = countsOf('fixed')
  expect([Math.min(...even), Math.max(...even)]).toEqual([7, 8])
  // A Poisson count has as much variance as mean.
  const mean = ROWS / 700
  const variance = countsOf('poisson').reduce((sum, count) => sum + (count - mean) ** 2, 0) / 700
  expect(Math.abs(variance / mean - 1)).toBeLessThan(0.25)
  expect(Math.max(...countsOf({ zipf: 1 }))).toBeGreaterThan(ROWS / 10)
})

test('updated_at can follow created_at of its row', () => {
  const generators = { 'orders.created_at': growth({ from: '2023-01-01' }) }
  const updated = bindIn(
    derived(({ value, row, draws }) => Number(value('created_at')) + draws.unit(row) * 1000),
    { ...STAGE, generators },
  )
  const created = bindIn(generators['orders.created_at'], { ...STAGE, column: 'created_at' })
  for (let row = 0; row < 1000; row += 1) expect(Number(updated.at(row))).toBeGreaterThanOrEqual(Number(created.at(row)))
})

test('values of pool and each are part of the fingerprint only once they are sampled', async () => {
  const raw = pool((faker) => faker.word.noun(), 5)
  expect(() => bindIn(raw, STAGE)).toThrow('pool() was bound before it was prepared. [ERR_HOTBED_DATASET]')
  const [one, two] = [await prepared(raw, 1), await prepared(raw, 2)]
  expect(fingerprint(one.spec)).not.toBe(fingerprint(two.spec))
  expect(JSON.stringify((await prepared(each((faker) => faker.word.noun()))).spec)).toContain('"faker":"10.')
})
