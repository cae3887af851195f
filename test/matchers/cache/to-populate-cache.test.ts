import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { KeyList } from '../../../src/matchers/cache/key-list.js'
import { toPopulateCache, type PopulateOptions } from '../../../src/matchers/cache/to-populate-cache.js'
import { record, redis as command, sql } from '../../wire/recording/traffic.js'
import { mask, readPrice } from './cache-aside.js'
import { openShop, type Shop } from '../on-both.js'

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})
beforeEach(() => shop.suite.redis.send('FLUSHALL'))
afterAll(() => shop[Symbol.asyncDispose]())

const judge = (received: unknown, keys: KeyList = 'product:*', options?: PopulateOptions) =>
  toPopulateCache.call({ isNot: false }, received, keys, options)
const judgeNot = (received: unknown, keys: KeyList = 'product:*') => toPopulateCache.call({ isNot: true }, received, keys)
const load = (id: number) => shop.pool.query('SELECT price FROM products WHERE id = $1', [id])

test('a miss, a statement and a write with a TTL are a fill', async () => {
  const run = await shop.suite.record(() => readPrice(shop, 7))
  expect(judge(run, 'product:7', { ttl: { min: '5m', max: '5m' } }).pass).toBe(true)
  expect(mask(judgeNot(run).message())).toMatchInlineSnapshot(`
    "1 of 1 key is filled, and none should be.
      in n ms: 1 statement, 2 commands, 3 connections
        product:7  TTL 5 min
      timeline:
        n ms  redis  #n  GET product:7  → nil  took n ms
        n ms  pg  #n  SELECT price FROM products WHERE id = $1  → 1 row  took n ms
        n ms  redis  #n  SET product:7  → OK  took n ms"
  `)
})

test('a hash and its EXPIRE, in MULTI or one after the other, and a moment as PXAT are a fill', async () => {
  const { suite, redis, ioredis, pool } = shop
  const run = await suite.record(async () => {
    await redis.get('product:1')
    await load(1)
    await ioredis.multi().hset('product:1', 'a', 1).hset('product:1', 'b', 2).expire('product:1', 60).exec()
    await redis.hGetAll('product:2')
    await load(2)
    await redis.hSet('product:2', { a: '1' })
    await redis.pExpire('product:2', 60_000)
    await redis.get('product:3')
    await pool.query("SELECT price FROM products WHERE id = '3'")
    await redis.set('product:3', '1', { expiration: { type: 'PXAT', value: Date.now() + 60_000 } })
  })
  expect(judge(run, ['product:1', 'product:2', 'product:3'], { ttl: { min: 50, max: 60 } }).pass).toBe(true)
})

describe('each way to fail has its own text', () => {
  const cases: Readonly<Record<string, readonly [act: () => Promise<unknown>, options?: PopulateOptions]>> = {
    'already there': [
      async () => {
        await shop.suite.redis.send('SET', 'product:7', '1')
        await readPrice(shop, 7)
      },
    ],
    'no TTL': [() => readPrice(shop, 7, { ttl: 0 })],
    'TTL out of bounds': [() => readPrice(shop, 7), { ttl: { max: '1m' } }],
    'nothing in the source': [() => readPrice(shop, 404)],
    'loaded, not written': [
      async () => {
        await shop.redis.get('product:7')
        await load(7)
      },
    ],
    'written before it was asked for': [
      async () => {
        await shop.redis.get('product:7')
        await shop.redis.set('product:7', '1')
        await load(7)
      },
    ],
    'written without a source': [
      async () => {
        await shop.redis.get('product:7')
        await shop.redis.set('product:7', '1')
      },
    ],
    'written several times': [() => Promise.all([readPrice(shop, 7), readPrice(shop, 7), readPrice(shop, 7)])],
    'only missed': [() => shop.redis.get('product:7')],
    'not looked up': [() => shop.redis.set('product:7', '1')],
    'the source failed': [
      async () => {
        await shop.redis.get('product:7')
        await shop.pool.query('SELECT 1 / 0, $1::int', [7]).catch(() => undefined)
      },
    ],
    'filled before it was looked up': [
      async () => {
        await shop.redis.set('product:7', '1', { expiration: { type: 'PX', value: 1 } })
        while ((await shop.redis.exists('product:7')) > 0);
        await shop.redis.get('product:7')
      },
    ],
  }
  test('in its first line of evidence', async () => {
    const said: Record<string, string> = {}
    for (const [name, [act, options]] of Object.entries(cases)) {
      await shop.suite.redis.send('FLUSHALL')
      const verdict = judge(await shop.suite.record(act), 'product:*', options)
      expect(verdict.pass).toBe(false)
      said[name] = mask(verdict.message()).split('\n')[2] ?? ''
    }
    expect(said).toMatchInlineSnapshot(`
      {
        "TTL out of bounds": "  ✗ product:7  written by SET product:7 at n ms with TTL 5 min, expected a TTL of at most 1 min",
        "already there": "  ✗ product:7  already there: 1 hit, no miss",
        "filled before it was looked up": "  ✗ product:7  written by SET product:7 at n ms, and missed at n ms after that",
        "loaded, not written": "  ✗ product:7  missed at n ms, loaded by SELECT price FROM products WHERE id = $1 → 1 row, and not written",
        "no TTL": "  ✗ product:7  written by SET product:7 at n ms without a TTL: it stays for ever",
        "not looked up": "  ✗ product:7  written by SET product:7 at n ms without a lookup before",
        "nothing in the source": "  ✗ product:404  missed at n ms, loaded by SELECT price FROM products WHERE id = $1 → 0 rows, and not written: its source has nothing either",
        "only missed": "  ✗ product:7  missed at n ms, then neither a statement nor a write followed",
        "the source failed": "  ✗ product:7  missed at n ms, loaded by SELECT 1 / 0, $1::int → failed with 22012, and not written",
        "written before it was asked for": "  ✗ product:7  written by SET product:7 at n ms before its source was asked by SELECT price FROM products WHERE id = $1 at n ms",
        "written several times": "  ✗ product:7  written 3 times, expected once: SET product:7 at n ms, SET product:7 at n ms, SET product:7 at n ms",
        "written without a source": "  ✗ product:7  written by SET product:7 at n ms without a statement since the miss",
      }
    `)
  })

  test('and the whole shows the timeline', async () => {
    const run = await shop.suite.record(() => readPrice(shop, 7, { ttl: 0 }))
    expect(mask(judge(run).message())).toMatchInlineSnapshot(`
      "1 of 1 key is not filled: miss, SQL, then one write with a TTL.
        in n ms: 1 statement, 2 commands, 4 connections
        ✗ product:7  written by SET product:7 at n ms without a TTL: it stays for ever
        timeline:
          n ms  redis  #n  GET product:7  → nil  took n ms
          n ms  pg  #n  SELECT price FROM products WHERE id = $1  → 1 row  took n ms
          ✗ n ms  redis  #n  SET product:7  → OK  took n ms"
    `)
  })
})

test('of a glob those that were there are left aside, and every named key has to be filled', async () => {
  await shop.suite.redis.send('SET', 'product:1', '1')
  const run = await shop.suite.record(async () => {
    await readPrice(shop, 1)
    await readPrice(shop, 2)
  })
  expect(judge(run).pass).toBe(true)
  expect(judge(run, ['product:1', 'product:2', 'product:3']).message()).toMatch(/^2 of 3 keys are not filled/)
})

test('what a script may have written is no verdict, nor is a key that nobody looked up', async () => {
  const { suite, redis } = shop
  const run = await suite.record(async () => {
    await redis.get('product:9')
    await load(9)
    await redis.eval("return redis.call('SET', KEYS[1], 1)", { keys: ['product:9'] })
  })
  for (const ask of [judge, judgeNot]) {
    expect(() => ask(run)).toThrow('Whether product:9 is filled cannot be seen: missed at')
    expect(() => ask(run, 'user:*')).toThrow('toPopulateCache judges lookups, and no key like user:* was looked up.')
  }
})

test('with .not a miss that is not written passes', async () => {
  expect(judgeNot(await shop.suite.record(() => readPrice(shop, 404))).pass).toBe(false)
})

test('a TTL that comes from another key is no verdict', () => {
  const run = record([
    command('GET product:7', '$-1\r\n'),
    sql('select price from products where id = 7'),
    command('RENAME tmp product:7', '+OK\r\n', { keyPositions: [1, 2] }),
  ])
  expect(() => judge(run)).toThrow('written by RENAME tmp product:7 at 2.0 ms, and its TTL is that of another key')
})

test('options that are none are refused', () => {
  const run = record([command('GET product:7', '$-1\r\n')])
  expect(() => judge(run, 'product:7', { ttl: { min: 5, max: 1 } })).toThrow("Option 'min' must be at most max (1 s), but is 5.")
  expect(() => judge(run, 'product:7', { life: 1 } as PopulateOptions)).toThrow("toPopulateCache() has no option 'life'.")
  expect(() => judge(run, [])).toThrow("Option 'keys' must be a key or glob")
})
