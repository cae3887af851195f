import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { toCacheAbsence, type CacheAbsenceOptions } from '../../../src/matchers/cache/to-cache-absence.js'
import { record } from '../../wire/recording/traffic.js'
import { mask, readPrice } from './cache-aside.js'
import { openShop, type Shop } from '../on-both.js'

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})
beforeEach(() => shop.suite.redis.send('FLUSHALL'))
afterAll(() => shop[Symbol.asyncDispose]())

const twice = async (act: () => Promise<unknown>): Promise<void> => {
  await act()
  await act()
}

test('what is remembered as absent passes, what is asked of Postgres again does not', async () => {
  const { suite } = shop
  const remembered = await suite.record(() => twice(() => readPrice(shop, 404, { absent: true })))
  expect(toCacheAbsence(remembered).pass).toBe(true)
  expect(mask(toCacheAbsence(remembered).message())).toMatchInlineSnapshot(`
    "1 of 1 absent id is remembered as absent, and none should be.
      in n ms: 1 statement, 3 commands, 3 connections
        404  then told from product:404 at n ms
      timeline:
        n ms  pg  #n  SELECT price FROM products WHERE id = $1  → 0 rows  took n ms
        n ms  redis  #n  GET product:404  → "none"  took n ms"
  `)
  const forgotten = await suite.record(() => twice(() => readPrice(shop, 405)))
  expect(toCacheAbsence(forgotten).pass).toBe(false)
  expect(mask(toCacheAbsence(forgotten).message())).toMatchInlineSnapshot(`
    "1 of 1 absent id is not remembered as absent.
      in n ms: 2 statements, 2 commands, 3 connections
      ✗ 405  asked for 2× (absent: no SET followed; SQL 1× SELECT price FROM products WHERE id = $1 → 0 rows)
      timeline:
        n ms  pg  #n  SELECT price FROM products WHERE id = $1  → 0 rows  took n ms
        n ms  redis  #n  GET product:405  → nil  took n ms
        ✗ n ms  pg  #n  SELECT price FROM products WHERE id = $1  → 0 rows  took n ms
      Write down that there is nothing, with a short TTL, and delete it where the row is written."
  `)
})

test('an absence that outlives the row is found, one that is deleted with it is not', async () => {
  const { suite, pool, redis } = shop
  const create = async (id: number): Promise<unknown> => pool.query("INSERT INTO products VALUES ($1, 'new', 1)", [id])
  const stale = await suite.record(async () => {
    await twice(() => readPrice(shop, 501, { absent: true }))
    await create(501)
    await readPrice(shop, 501)
  })
  expect(toCacheAbsence(stale).pass).toBe(false)
  expect(mask(toCacheAbsence(stale).message())).toMatchInlineSnapshot(`
    "1 of 1 absent id is not remembered as absent.
      in n ms: 2 statements, 4 commands, 3 connections
      ✗ 501  still told from product:501 at n ms, after INSERT INTO products VALUES ($1, 'new', 1)
      timeline:
        n ms  pg  #n  SELECT price FROM products WHERE id = $1  → 0 rows  took n ms
        ✗ n ms  pg  #n  INSERT INTO products VALUES ($1, 'new', 1)  → 1 row  took n ms
        n ms  redis  #n  GET product:501  → "none"  took n ms
      Write down that there is nothing, with a short TTL, and delete it where the row is written."
  `)
  const fresh = await suite.record(async () => {
    await twice(() => readPrice(shop, 502, { absent: true }))
    await create(502)
    await redis.del('product:502')
    await twice(() => readPrice(shop, 502))
  })
  expect(toCacheAbsence(fresh).pass).toBe(true)
  await suite.postgres.query('DELETE FROM products WHERE id > 500')
})

test('asked for at the same time, after its life or after a deletion is no repeat', async () => {
  const { suite, redis } = shop
  const run = await suite.record(async () => {
    await Promise.all([readPrice(shop, 404, { absent: true }), readPrice(shop, 404, { absent: true })])
    await readPrice(shop, 404)
    await redis.del('product:404')
    await readPrice(shop, 404, { absent: true })
    await redis.pExpire('product:404', 1)
    while ((await redis.exists('product:404')) > 0);
    await readPrice(shop, 404, { absent: true })
  })
  expect(toCacheAbsence(run).pass).toBe(true)
})

test('what the process remembers is judged where the test says how often it asked', async () => {
  const { suite, pool } = shop
  const known = new Map<number, boolean>()
  const exists = async (id: number): Promise<boolean> => {
    const before = known.get(id)
    if (before !== undefined) return before
    const { rows } = await pool.query<{ exists: boolean }>('SELECT EXISTS (SELECT FROM products WHERE id = $1)', [id])
    known.set(id, rows[0]?.exists === true)
    return known.get(id) === true
  }
  const run = await suite.record(() => twice(() => exists(404)))
  const statement = { sql: /from products/i }
  expect(toCacheAbsence(run, { statement, absent: [404], asked: 2 }).pass).toBe(true)
  expect(() => toCacheAbsence(run, { statement, absent: [404] })).toThrow('nothing shows that the absent id was asked for twice')
  expect(() => toCacheAbsence(run, { statement })).toThrow('of 1 statement none came back without a row')
  known.clear()
  const forgetful = await suite.record(async () => {
    await exists(404)
    known.clear()
    await exists(404)
  })
  expect(mask(toCacheAbsence(forgetful, { absent: ['404'], asked: 2 }).message())).toContain(
    '✗ 404  asked for 2× (nothing was looked up in Redis with this id)',
  )
})

test('nothing absent, an application that was never seen, and options that are none are refused', async () => {
  const { suite } = shop
  const there = await suite.record(() => twice(() => readPrice(shop, 7)))
  expect(() => toCacheAbsence(there)).toThrow('toCacheAbsence judges what is not there, and of 1 statement none came back without a row.')
  expect(() => toCacheAbsence(record([], { connections: [], connectionsSeen: 0 }))).toThrow('nothing could be found')
  expect(() => toCacheAbsence(there, { statement: 'GET product:*' })).toThrow(
    "Option 'statement' means SQL, and the match GET product:* means Redis.",
  )
  expect(() => toCacheAbsence(there, { absent: [] })).toThrow("Option 'absent' must be a list of ids as they are bound")
  expect(() => toCacheAbsence(there, { asked: 0 })).toThrow("Option 'asked' must be a whole number from 1 on, but is 0.")
  expect(() => toCacheAbsence(there, { ids: [1] } as CacheAbsenceOptions)).toThrow("toCacheAbsence() has no option 'ids'.")
})
