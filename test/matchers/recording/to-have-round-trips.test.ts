import postgres from 'postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { toHaveRoundTrips, type RoundTripBounds } from '../../../src/matchers/recording/to-have-round-trips.js'
import { record as recordOf, redis as command, sql } from '../../wire/recording/traffic.js'
import { mask, openShop, type Shop } from '../on-both.js'

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})
afterAll(() => shop[Symbol.asyncDispose]())

test('a pipeline, MULTI and a message with several statements are one each', async () => {
  const { suite, pool, redis, ioredis } = shop
  const run = await suite.record(async () => {
    await ioredis.pipeline().get('a').get('b').set('c', '1').exec()
    await redis.multi().get('a').incr('d').exec()
    await redis.mGet(['a', 'b', 'c'])
    await Promise.all([redis.get('a'), redis.get('b')])
    await pool.query('SELECT 1; SELECT 2; SELECT 3')
    await pool.query('SELECT * FROM products WHERE id = ANY($1)', [[1, 2, 3]])
  })
  expect(toHaveRoundTrips(run, { redis: 4, postgres: 2 }).pass).toBe(true)
  expect(toHaveRoundTrips(run, { redis: 4 }).pass).toBe(true)
  expect(toHaveRoundTrips(run, { postgres: { max: 2 } }).message()).toMatch(
    /^Round trips: 2 to Postgres, expected not at most 2\.\n {2}in /,
  )
})

test('what is asked again and again, each by itself, is named', async () => {
  const { suite, pool, ioredis } = shop
  const run = await suite.record(async () => {
    await pool.query('SELECT id FROM products LIMIT 3')
    for (const id of [1, 2, 3]) {
      await ioredis.get(`product:${id}`)
      await pool.query('SELECT * FROM products WHERE id = $1', [id])
    }
  })
  const verdict = toHaveRoundTrips(run, { redis: { max: 1 }, postgres: { max: 2 } })
  expect(verdict.pass).toBe(false)
  expect(mask(verdict.message())).toMatchInlineSnapshot(`
    "Round trips: 4 to Postgres, expected at most 2; 3 to Redis, expected at most 1.
      in n ms: 4 statements, 3 commands, 3 connections
      ✗ 3×, each by itself: select * from products where id = ?
      ✗ 3×, each by itself: GET product:#
      timeline:
         n ms  pg  #n  SELECT id FROM products LIMIT 3  → 3 rows  took n ms
         n ms  redis  #n  GET product:1  → nil  took n ms
      ✗ n ms  pg  #n  SELECT * FROM products WHERE id = $1  → 1 row  took n ms
        n ms  redis  #n  GET product:2  → nil  took n ms
      ✗ n ms  pg  #n  SELECT * FROM products WHERE id = $1  → 1 row  took n ms
        n ms  redis  #n  GET product:3  → nil  took n ms
      ✗ n ms  pg  #n  SELECT * FROM products WHERE id = $1  → 1 row  took n ms
      Send what does not depend on an earlier answer together: MGET, a pipeline, WHERE id = ANY($1)."
  `)
})

test('statements that a client pipelines are one', async () => {
  const client = postgres(shop.suite.postgres.url, { max: 1, fetch_types: false })
  await client.unsafe('SELECT 1')
  const run = await shop.suite.record(() => Promise.all([client.unsafe('SELECT 1'), client.unsafe('SELECT 2'), client.unsafe('SELECT 3')]))
  await client.end()
  expect(toHaveRoundTrips(run, { postgres: 1 }).pass).toBe(true)
})

test('connections count each by itself, and a reply that has begun the next', () => {
  const at = (start: number, end: number | undefined, connection = 2) => command('GET a', ':1\r\n', { start, end, connection })
  expect(toHaveRoundTrips(recordOf([at(0, 4), at(1, 5, 3)]), { redis: 2 }).pass).toBe(true)
  expect(toHaveRoundTrips(recordOf([at(0, 4), at(1, 5), at(6, 7)]), { redis: 2 }).pass).toBe(true)
  expect(toHaveRoundTrips(recordOf([at(0, 2), at(1, 5), at(3, 7)]), { redis: 2 }).pass).toBe(true)
  expect(toHaveRoundTrips(recordOf([at(0, undefined), at(1, undefined)]), { redis: 1 }).pass).toBe(true)
})

test('none is met by absence only where the application was seen', () => {
  expect(toHaveRoundTrips(recordOf([sql('SELECT 1')]), { redis: 0 }).pass).toBe(true)
  expect(() => toHaveRoundTrips(recordOf([], { connectionsSeen: 0 }), { redis: 0 })).toThrow('no connection of the application')
})

test.each<[unknown, string]>([
  [{}, 'toHaveRoundTrips() was given no bounds. [ERR_HOTBED_OPTION]'],
  [3, "Option 'bounds' must be { postgres, redis }, such as { redis: { max: 2 } }, but is 3."],
  [{ redi: 1 }, "Did you mean 'redis'?"],
  [{ redis: { max: -1 } }, "Option 'max' must be a whole number from 0 on, but is -1."],
])('the bounds %j are refused', (bounds, message) => {
  expect(() => toHaveRoundTrips(recordOf([]), bounds as RoundTripBounds)).toThrow(message)
})
