import { createClient } from 'redis'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { toHaveCacheHitRatio, type HitRatioBounds } from '../../../src/matchers/cache/to-have-cache-hit-ratio.js'
import { toHaveCacheHits } from '../../../src/matchers/cache/to-have-cache-hits.js'
import { toHaveCacheMisses } from '../../../src/matchers/cache/to-have-cache-misses.js'
import { record, redis as command } from '../../wire/recording/traffic.js'
import { mask, readPrice } from './cache-aside.js'
import { openShop, type Shop } from '../on-both.js'

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})
beforeEach(() => shop.suite.redis.send('FLUSHALL'))
afterAll(() => shop[Symbol.asyncDispose]())

describe('of an application', () => {
  test('misses are told with their cause, what followed, and the timeline that proves it', async () => {
    const { suite, pool, redis } = shop
    const run = await suite.record(async () => {
      for (let time = 0; time < 4; time += 1) await readPrice(shop, 7)
      await pool.query('UPDATE products SET price = 5 WHERE id = 7')
      await redis.del('product:7')
      await readPrice(shop, 7)
      await readPrice(shop, 404)
      await redis.set('product:8', '1', { expiration: { type: 'PX', value: 1 } })
      while ((await redis.exists('product:8')) > 0);
      await readPrice(shop, 8)
      await readPrice(shop, 7)
    })
    expect(toHaveCacheHitRatio(run, { min: 0.5, max: 0.5 }, { keys: 'product:*' }).pass).toBe(true)
    const verdict = toHaveCacheHitRatio(run, { min: 0.9 }, { keys: 'product:*' })
    expect(verdict.pass).toBe(false)
    expect(mask(verdict.message())).toMatchInlineSnapshot(`
      "hit ratio of product:* 0.50 (4 hits / 8 lookups), expected >= 0.9
        in n ms: 5 statements, n commands, 3 connections
        misses: product:7 ×2  (1st n ms: cold → filled, TTL 5 min;  2nd n ms: invalidated n ms earlier by DEL product:7, conn 1, after UPDATE products SET price = 5 WHERE id = 7 → filled, TTL 5 min)
                product:404 ×1  (n ms: absent: no SET followed; SQL 1× SELECT price FROM products WHERE id = $1 → 0 rows)
                product:8 ×1  (n ms: expired: its TTL of n ms, given by SET product:8 at n ms, had passed → filled, TTL 5 min)
        timeline:
          ✗ n ms  redis  #n  GET product:7  → nil  took n ms
          n ms  pg  #n  SELECT price FROM products WHERE id = $1  → 1 row  took n ms
          n ms  redis  #n  SET product:7  → OK  took n ms
          n ms  pg  #n  UPDATE products SET price = 5 WHERE id = 7  → 1 row  took n ms
          n ms  redis  #n  DEL product:7  → 1  took n ms
          ✗ n ms  redis  #n  GET product:7  → nil  took n ms
          n ms  pg  #n  SELECT price FROM products WHERE id = $1  → 1 row  took n ms
          n ms  redis  #n  SET product:7  → OK  took n ms"
    `)
    expect(mask(toHaveCacheHitRatio(run, { max: 0.4 }).message())).toMatchInlineSnapshot(`
      "hit ratio 0.50 (4 hits / 8 lookups), expected <= 0.4
        in n ms: 5 statements, n commands, 3 connections
        hits: product:7 ×4  (first at n ms by GET, conn 1)"
    `)
    expect(mask(toHaveCacheHitRatio(run, { max: 0.9 }).message())).toMatch(
      /^hit ratio 0\.50 \(4 hits \/ 8 lookups\), expected not <= 0\.9\n/,
    )
  })

  test('each key of MGET and each field of a hash counts, and what only tells of a key does not', async () => {
    const { suite, redis, ioredis } = shop
    await suite.redis.send('MSET', 'product:1', 'a', 'product:2', 'b')
    await suite.redis.send('HSET', 'cart:1', 'a', '1')
    const run = await suite.record(async () => {
      await redis.mGet(['product:1', 'product:3'])
      await redis.hGet('cart:1', 'gone')
      await ioredis.hmget('cart:1', 'a', 'b')
      await ioredis.getex('product:1', 'EX', 5)
      await ioredis.getdel('product:2')
      await ioredis.set('product:1', 'c', 'GET')
      await redis.exists(['product:1', 'product:9'])
      await redis.ttl('product:9')
      await ioredis.multi().get('product:1').get('product:9').exec()
      await ioredis.pipeline().get('product:1').get('product:9').exec()
    })
    expect(toHaveCacheHits(run, 6, { keys: 'product:*' }).pass).toBe(true)
    expect(toHaveCacheMisses(run, 3, { keys: ['product:3', 'product:9'] }).pass).toBe(true)
    expect(toHaveCacheHits(run, { min: 1, max: 1 }, { keys: 'cart:*' }).pass).toBe(true)
    expect(toHaveCacheMisses(run, 2, { keys: 'cart:1' }).pass).toBe(true)
    expect(mask(toHaveCacheMisses(run, 0, { keys: 'cart:1' }).message())).toMatchInlineSnapshot(`
      "2 misses of cart:1 (1 hit / 3 lookups), expected exactly 0
        in n ms: 0 statements, n commands, 3 connections
        misses: cart:1 gone ×1  (n ms: cold → no SET followed)
                cart:1 b ×1  (n ms: cold → no SET followed)
        timeline:
          ✗ n ms  redis  #n  HGET cart:1  → nil  took n ms"
    `)
    expect(mask(toHaveCacheHits(run, 0, { keys: 'product:*' }).message())).toMatchInlineSnapshot(`
      "6 hits of product:* (6 hits / 9 lookups), expected exactly 0
        in n ms: 0 statements, n commands, 3 connections
        hits: product:1 ×5  (first at n ms by MGET, conn 1)
              product:2 ×1  (first at n ms by GETDEL, conn 2)"
    `)
  })

  test('a field that was deleted, a flush, what a script had and what is gone without a command are told apart', async () => {
    const { suite, redis } = shop
    const run = await suite.record(async () => {
      await redis.hSet('cart:1', { a: '1', b: '2' })
      await redis.hDel('cart:1', 'a')
      await redis.hmGet('cart:1', ['a', 'c'])
      await redis.set('a', '1')
      await redis.flushDb()
      await redis.get('a')
      await redis.set('b', '1')
      await redis.eval("return redis.call('DEL', KEYS[1])", { keys: ['b'] })
      await redis.get('b')
      await redis.set('c', '1')
      await suite.redis.send('DEL', 'c')
      await redis.get('c')
    })
    const causes = (keys: string): string =>
      mask(toHaveCacheMisses(run, 0, { keys }).message())
        .split('\n')
        .filter((line) => line.includes('×') || line.includes('not seen'))
        .join('\n')
    expect(causes('cart:1')).toMatchInlineSnapshot(`
      "  misses: cart:1 a ×1  (n ms: invalidated n ms earlier by HDEL cart:1 a, conn 1 → no SET followed)
                cart:1 c ×1  (n ms: cold → no SET followed)"
    `)
    expect(causes('a')).toMatchInlineSnapshot(`"  misses: a ×1  (n ms: invalidated n ms earlier by FLUSHDB, conn 1 → no SET followed)"`)
    expect(causes('b')).toMatchInlineSnapshot(`
      "  misses: b ×1  (n ms: gone: written by SET b at n ms, and then EVAL at n ms had the key: what it did to it is not seen → no SET followed)
        not seen: 1 EVAL: keys known, hits inside unknown"
    `)
    expect(causes('c')).toMatchInlineSnapshot(
      `"  misses: c ×1  (n ms: gone: written by SET c at n ms, no command seen took it away: evicted for want of memory, or deleted in a script or past the tap → no SET followed)"`,
    )
  })

  test('what the cache of the client itself answers is said to be unseen', async () => {
    const { suite } = shop
    await suite.redis.send('SET', 'product:1', 'a')
    const client = createClient({ url: suite.redis.url, RESP: 3, clientSideCache: { ttl: 0, maxEntries: 0, evictPolicy: 'LRU' } })
    const run = await suite.record(async () => {
      await client.connect()
      for (let time = 0; time < 5; time += 1) await client.get('product:1')
    })
    await client.close()
    expect(toHaveCacheHits(run, 1).pass).toBe(true)
    expect(toHaveCacheHits(run, 5).message()).toContain(
      "  not seen: client-side caching is on (CLIENT TRACKING): what the client's own cache answers is not sent",
    )
  })

  test('nothing looked up is neither a hit nor a miss, with .not as well', async () => {
    const { suite, redis } = shop
    const run = await suite.record(async () => {
      await redis.get('user:1')
      await redis.get('user:2')
      await redis.eval('return 1', { keys: ['product:1'] })
    })
    for (const judge of [toHaveCacheHits, toHaveCacheMisses]) expect(() => judge(run, 0, { keys: 'product:*' })).toThrow(/judges lookups/)
    expect(() => toHaveCacheHitRatio(run, { min: 0 }, { keys: 'product:*' })).toThrow(
      /^toHaveCacheHitRatio judges lookups, and no key like product:\* was looked up\.\n {2}in [\d.]+ ms: 0 statements, 3 commands, \d connections\n {2}looked up instead: user:# ×2\n {2}not seen: 1 EVAL: keys known, hits inside unknown \[ERR_HOTBED_EVIDENCE\]\n {2}→ Record what reads the cache, and compare the keys\. /,
    )
  })
})

test('a life that a moved clock has ended is told with the jump', () => {
  const run = record(
    [
      command('SET product:7 x EX 300', '+OK\r\n'),
      command('GET product:7', '$1\r\nx\r\n'),
      command('GET product:7', '$-1\r\n'),
      command('GET old:1', '$1\r\nx\r\n', { start: 1, end: 2 }),
      command('GET old:1', '$-1\r\n'),
    ],
    { jumps: [{ at: 3.5, atMs: 1.8, byMs: 300_000 }] },
  )
  expect(toHaveCacheMisses(run, 0).message()).toContain(
    '(2.0 ms: expired: its TTL of 5 min, given by SET product:7 at 0.0 ms, had passed, the clock went 5 min ahead → no SET followed)',
  )
  expect(toHaveCacheMisses(run, 0).message()).toContain('expired: it was there at 0.0 ms, the clock went 5 min ahead')
})

test('replies that are missing, failed or too large to keep are said to be unseen', () => {
  const keys = Array.from({ length: 3 }, (_, index) => `k${index}`)
  const run = record([
    command(`MGET ${keys.join(' ')}`, { kind: 'array', elements: 3, presence: '10' }, { keyPositions: [1, 2, 3] }),
    command('GET k1', undefined, { end: undefined }),
    command('GET k2', '-WRONGTYPE Operation against a key\r\n'),
    command('EVALSHA abc 1 k1', '+OK\r\n', { isScript: true, keyPositions: [3] }),
  ])
  expect(
    toHaveCacheHits(run, 3)
      .message()
      .split('\n')
      .filter((line) => line.includes('not seen')),
  ).toEqual([
    '  not seen: 1 EVALSHA: keys known, hits inside unknown',
    '  not seen: 1 lookups of replies too large to keep',
    '  not seen: 1 lookups without a reply: neither hit nor miss',
    '  not seen: 1 lookups that failed: neither hit nor miss',
  ])
})

test.each<[unknown, unknown, string]>([
  [undefined, {}, "Option 'bounds' must be { min, max }, such as { min: 0.9 }, but is undefined."],
  [{}, {}, 'toHaveCacheHitRatio() was given no bounds.'],
  [{ min: 90 }, {}, "Option 'min' must be a share between 0 and 1, but is 90."],
  [{ min: 0.9, max: 0.5 }, {}, "Option 'min' must be at most max (0.5), but is 0.9."],
  [{ least: 0.9 }, {}, "toHaveCacheHitRatio() has no option 'least'."],
  [{ min: 0.9 }, { key: 'a' }, "toHaveCacheHitRatio() has no option 'key'.\n  → Did you mean 'keys'?"],
  [{ min: 0.9 }, { keys: [] }, "Option 'keys' must be a key or glob such as 'product:*', or a list of them, but is an array of 0."],
])('%j with %j is refused', (bounds, options, message) => {
  const run = record([command('GET a', '$-1\r\n')])
  expect(() => toHaveCacheHitRatio(run, bounds as HitRatioBounds, options as { keys: string })).toThrow(message.split('\n', 1)[0])
})

test('the ratio is cut, not rounded: what fails does not look as if it passed', () => {
  const run = record(Array.from({ length: 1000 }, (_, index) => command('GET a', index < 899 ? '$1\r\nx\r\n' : '$-1\r\n')))
  expect(toHaveCacheHitRatio(run, { min: 0.9 }).message()).toMatch(/^hit ratio 0\.89 \(899 hits \/ 1,000 lookups\), expected >= 0\.9\n/)
})
