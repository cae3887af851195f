import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RecordingMeasure } from '../../../src/matchers/recording/measures.js'
import { toReduce, type Reduction } from '../../../src/matchers/recording/to-reduce.js'
import { record as recordOf, redis as command, sql } from '../../wire/recording/traffic.js'
import { openShop, type Shop } from '../on-both.js'

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})
afterAll(() => shop[Symbol.asyncDispose]())

async function readAll(ids: readonly number[], withCache: boolean): Promise<void> {
  const { pool, redis } = shop
  for (const id of ids) {
    if (withCache && (await redis.get(`product:${id}`)) !== null) continue
    const { rows } = await pool.query('SELECT * FROM products WHERE id = $1', [id])
    if (withCache) await redis.set(`product:${id}`, JSON.stringify(rows[0]), { EX: 60 })
  }
}

test('the load that a cache takes off is an exact count', async () => {
  const ids = Array.from({ length: 40 }, (_, index) => (index % 10) + 1)
  const without = await shop.suite.record(() => readAll(ids, false))
  const withCache = await shop.suite.record(() => readAll(ids, true))
  for (const measure of ['postgres.statements', 'postgres.rows', 'postgres.buffers', 'postgres.roundTrips'] as const)
    expect(toReduce(withCache, measure, { by: 0.7, from: without }).pass).toBe(true)
  expect(toReduce(withCache, 'postgres.bytes', { by: 0.7, from: without }).pass).toBe(true)
  const verdict = toReduce(withCache, 'postgres.statements', { by: 0.8, from: without })
  expect(verdict.pass).toBe(false)
  expect(verdict.message()).toMatchInlineSnapshot(`
    "postgres.statements fell by 75 % (40 → 10), expected by at least 80 %, to at most 8.
      baseline  now
            40   10  select * from products where id = ?"
  `)
  expect(toReduce(withCache, 'postgres.statements', { by: 0.75, from: without }).message()).toMatch(
    /^postgres\.statements fell by 75 % \(40 → 10\), expected by less than 75 %\.\n/,
  )
  expect(() => toReduce(withCache, 'redis.commands', { by: 0.1, from: without })).toThrow(
    'The baseline has no redis.commands, so there is nothing to reduce.',
  )
})

const statements = (count: number) => Array.from({ length: count }, () => sql('SELECT 1'))

test('the share is exact where binary fractions are not, and more is no reduction', () => {
  for (const [before, after, by] of [
    [10, 3, 0.7],
    [100, 71, 0.29],
    [30, 9, 0.7],
  ] as const) {
    expect(toReduce(recordOf(statements(after)), 'postgres.statements', { by, from: recordOf(statements(before)) }).pass).toBe(true)
    expect(toReduce(recordOf(statements(after + 1)), 'postgres.statements', { by, from: recordOf(statements(before)) }).pass).toBe(false)
  }
  expect(toReduce(recordOf(statements(4)), 'postgres.statements', { by: 0.5, from: recordOf(statements(2)) }).message()).toMatch(
    /^postgres\.statements rose by 2 \(2 → 4\), expected by at least 50 %, to at most 1\.\n/,
  )
  const commands = recordOf([command('GET a', '$-1\r\n'), command('GET b', '$-1\r\n')])
  expect(toReduce(recordOf([]), 'redis.commands', { by: 1, from: commands }).pass).toBe(true)
  expect(toReduce(recordOf([]), 'redis.roundTrips', { by: 1, from: commands }).pass).toBe(true)
  expect(toReduce(recordOf([]), 'redis.bytes', { by: 1, from: commands }).pass).toBe(true)
})

test('what proves nothing is refused', () => {
  const run = recordOf(statements(1))
  expect(() => toReduce(recordOf([], { connectionsSeen: 0 }), 'postgres.statements', { by: 0.5, from: run })).toThrow(
    'no connection of the application',
  )
  expect(() => toReduce(run, 'postgres.buffers', { by: 0.5, from: recordOf(statements(2)) })).toThrow(
    'None of the statements of the baseline has a plan, so its buffers are not known. [ERR_HOTBED_EVIDENCE]\n  → Record with plans: suite.record(fn, { plans: true }).',
  )
  expect(() => toReduce(run, 'postgres.statements', { by: 0.5, from: recordOf(statements(2), { isOverlapping: true }) })).toThrow(
    'overlaps',
  )
})

test.each<[unknown, unknown, string]>([
  ['statements', { by: 0.5, from: recordOf([]) }, "Option 'measure' must be one of postgres.statements, postgres.rows, postgres.bytes, "],
  ['postgres.statements', { by: 70, from: recordOf([]) }, "Option 'by' must be a share above 0 and up to 1, but is 70."],
  ['postgres.statements', { by: 0.5 }, "Option 'from' must be a recording to compare with, but is undefined."],
  ['postgres.statements', 0.5, "Option 'reduction' must be { by, from }, such as { by: 0.7, from: baseline }, but is 0.5."],
])('%j by %j is refused', (measure, reduction, message) => {
  expect(() => toReduce(recordOf([]), measure as RecordingMeasure, reduction as Reduction)).toThrow(message)
})
