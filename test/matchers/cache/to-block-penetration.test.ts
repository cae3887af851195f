import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { toBlockPenetration, type PenetrationOptions } from '../../../src/matchers/cache/to-block-penetration.js'
import { record } from '../../wire/recording/traffic.js'
import { mask } from './cache-aside.js'
import { openShop, type Shop } from '../on-both.js'

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})
beforeEach(() => shop.suite.redis.send('FLUSHALL'))
afterAll(() => shop[Symbol.asyncDispose]())

/** A Bloom filter of one hash: it says of some that they may be there, and of the others that they are not. */
function createFilter(ids: readonly number[]): (id: number) => boolean {
  const bit = (id: number): number => id % 1195
  const bits = new Set(ids.map(bit))
  return (id) => bits.has(bit(id))
}

const present = Array.from({ length: 100 }, (_, index) => index + 1)
const absent = Array.from({ length: 200 }, (_, index) => index + 1001)

/** `knows`: what the filter lets through. */
const exists = async (id: number, knows: (id: number) => boolean | Promise<boolean>): Promise<boolean> => {
  if (!(await knows(id))) return false
  const { rows } = await shop.pool.query('SELECT 1 FROM products WHERE id = $1', [id])
  return rows.length > 0
}
const askAll = async (knows: (id: number) => boolean | Promise<boolean>): Promise<void> => {
  for (const id of [...present, ...absent]) await exists(id, knows)
}

test('a Bloom filter holds back what is not there, and no filter does not', async () => {
  const filtered = await shop.suite.record(() => askAll(createFilter(present)))
  expect(toBlockPenetration(filtered, { maxRate: 0.02, absent, present }).message()).toMatch(/^penetration rate 0\.025 \(5 SQL lookups/)
  expect(toBlockPenetration(filtered, { maxRate: 0.05, absent, present }).pass).toBe(true)
  const open = await shop.suite.record(() => askAll(() => true))
  const verdict = toBlockPenetration(open, { maxRate: 0.01, absent, present, statement: { sql: /from products/i } })
  expect(verdict.pass).toBe(false)
  expect(mask(verdict.message())).toMatchInlineSnapshot(`
    "penetration rate 1 (200 SQL lookups / 200 absent ids), expected <= 0.01
      in n ms: 300 statements, 0 commands, 3 connections
      let through: 1001, 1002, 1003, … and 197 more
        ✗ n ms  pg  #n  SELECT 1 FROM products WHERE id = $1  → 0 rows  took n ms
        ✗ n ms  pg  #n  SELECT 1 FROM products WHERE id = $1  → 0 rows  took n ms
        ✗ n ms  pg  #n  SELECT 1 FROM products WHERE id = $1  → 0 rows  took n ms
        … and 197 more
      turned away though it is there: none of 100"
  `)
})

test('a filter that turns away what is there fails, whatever its rate', async () => {
  const run = await shop.suite.record(() => askAll(createFilter(present.slice(2))))
  const verdict = toBlockPenetration(run, { maxRate: 0.05, absent, present })
  expect(verdict.pass).toBe(false)
  expect(mask(verdict.message())).toMatchInlineSnapshot(`
    "2 of 100 ids that are there were turned away; penetration rate 0.015 (3 SQL lookups / 200 absent ids)
      in n ms: 101 statements, 0 commands, 3 connections
      let through: 1198, 1199, 1200
        ✗ n ms  pg  #n  SELECT 1 FROM products WHERE id = $1  → 0 rows  took n ms
        ✗ n ms  pg  #n  SELECT 1 FROM products WHERE id = $1  → 0 rows  took n ms
        ✗ n ms  pg  #n  SELECT 1 FROM products WHERE id = $1  → 0 rows  took n ms
      ✗ turned away though it is there: 1, 2: neither a statement nor a hit has it"
  `)
})

test('a set in Redis is a filter, a hit under the key of an id an answer; elements of an array count one by one', async () => {
  const { suite, redis, pool } = shop
  await suite.redis.send('SADD', 'known', ...present.map(String))
  await suite.redis.send('SET', 'product:3', '1')
  const run = await suite.record(async () => {
    for (const id of [1, 2, 1001, 1002]) await exists(id, async (one) => (await redis.sIsMember('known', String(one))) === 1)
    await redis.get('product:3')
    await pool.query('SELECT id FROM products WHERE id = ANY($1)', [[4, 1003, 1004]])
  })
  const ids = { absent: [1001, 1002, 1003, 1004], present: [1, 2, 3, 4] }
  expect(toBlockPenetration(run, { maxRate: 0.5, ...ids }).pass).toBe(true)
  expect(toBlockPenetration(run, { maxRate: 0.4, ...ids }).message()).toMatch(
    /^penetration rate 0\.5 \(2 SQL lookups \/ 4 absent ids\), expected <= 0\.4\n/,
  )
  expect(toBlockPenetration(run, { maxRate: 1, ...ids, present: [1, 5] }).message()).toContain(
    '  ✗ turned away though it is there: 5: neither a statement nor a hit has it',
  )
})

test('ids that nobody was asked for, and lists that the rows contradict, are no verdict', async () => {
  const { suite } = shop
  const none = await suite.record(() => askAll(() => false))
  expect(() => toBlockPenetration(none, { maxRate: 0.01, absent })).toThrow(
    'toBlockPenetration found none of 200 ids, in Postgres or in Redis',
  )
  const run = await suite.record(() => askAll(() => true))
  expect(() => toBlockPenetration(run, { maxRate: 1, absent: [7] })).toThrow('was told that 7 is absent, and Postgres says otherwise')
  expect(() => toBlockPenetration(run, { maxRate: 1, absent: [1005], present: [1001] })).toThrow(
    'was told that 1001 is present, and Postgres says otherwise',
  )
  expect(() => toBlockPenetration(record([], { connections: [], connectionsSeen: 0 }), { maxRate: 1, absent })).toThrow(
    'nothing could be found',
  )
})

test.each<[unknown, string]>([
  [{ absent: [1] }, "Option 'maxRate' must be a share between 0 and 1, but is undefined."],
  [{ maxRate: 2, absent: [1] }, "Option 'maxRate' must be a share between 0 and 1, but is 2."],
  [{ maxRate: 0.1 }, "Option 'absent' must be a list of ids as they are bound"],
  [{ maxRate: 0.1, absent: [1], present: ['1'] }, "Option 'present' must be a list of ids of which none is in 'absent', but is \"1\"."],
  [{ maxRate: 0.1, absent: [1], missing: [2] }, "toBlockPenetration() has no option 'missing'."],
])('%j is refused', (options, message) => {
  expect(() => toBlockPenetration(record([]), options as PenetrationOptions)).toThrow(message)
})
