import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { toHaveValuesUnder, type ValuesOptions } from '../../../src/matchers/cache/to-have-values-under.js'
import { record as recordOf } from '../../wire/recording/traffic.js'
import { mask, openShop, type Shop } from '../on-both.js'

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})
beforeEach(async () => {
  await shop.suite.redis.send('FLUSHDB')
  await shop.redis.set('product:7', 'x'.repeat(10_000))
  await shop.redis.hSet('product:8', { name: 'y'.repeat(500), price: '7' })
})
afterAll(() => shop[Symbol.asyncDispose]())

describe('of what is stored', () => {
  test('values are measured by themselves: all bytes of a text, of all fields of a hash', async () => {
    const keys = await shop.suite.redis.inspect('product:*', { values: true })
    expect(keys.keys.map(({ valueBytes }) => valueBytes)).toEqual([10_000, 510])
    expect(toHaveValuesUnder(keys, 10_001).pass).toBe(true)
    const verdict = toHaveValuesUnder(keys, 10_000)
    expect(verdict.pass).toBe(false)
    expect(verdict.message().replace(/[\d,]+ bytes of memory/, 'n bytes of memory')).toMatchInlineSnapshot(`
      "1 of 2 keys like 'product:*' has a value of 10,000 bytes or more.
        ✗ product:7  10,000 bytes, n bytes of memory  (string)"
    `)
    expect(toHaveValuesUnder(keys, 10_000, { keys: 'product:8' }).pass).toBe(true)
    expect(toHaveValuesUnder(keys, 20_000).message()).toMatch(
      /^Every value like 'product:\*' is under 20,000 bytes, and one should not be\. The largest:\n {4}product:7 {2}10,000 bytes, /,
    )
  })

  test('lists, sets, sorted sets and streams are measured as well', async () => {
    const { suite, ioredis } = shop
    await ioredis.rpush('all:list', 'abc', 'de')
    await ioredis.sadd('all:set', 'abc', 'd')
    await ioredis.zadd('all:zset', 1, 'abcdef')
    await ioredis.xadd('all:stream', '1-1', 'field', 'value')
    const { keys } = await suite.redis.inspect('all:*', { values: true })
    expect(keys.map(({ key, valueBytes }) => [key, valueBytes])).toEqual([
      ['all:list', 5],
      ['all:set', 4],
      ['all:stream', 13],
      ['all:zset', 6],
    ])
  })

  test('memory alone proves that a value is small, not that it is large', async () => {
    const keys = await shop.suite.redis.inspect('product:*')
    expect(toHaveValuesUnder(keys, 100_000).pass).toBe(true)
    expect(() => toHaveValuesUnder(keys, 9_000)).toThrow(
      /^1 of 2 keys like 'product:\*' takes 9,000 bytes of memory or more with key and overhead, and what the value alone takes was not read:\n {2}✗ product:7 {2}10,\d+ bytes of memory {2}\(string\) \[ERR_HOTBED_EVIDENCE\]\n {2}→ Read it: await redis\.inspect\('product:\*', \{ values: true \}\)$/,
    )
  })
})

describe('of what travelled', () => {
  test('what was written and what was read is named, largest first', async () => {
    const { suite, redis, ioredis } = shop
    const run = await suite.record(async () => {
      await redis.get('product:7')
      await ioredis.set('product:9', 'z'.repeat(6_000))
      await ioredis.get('small')
    })
    expect(toHaveValuesUnder(run, 11_000).pass).toBe(true)
    const verdict = toHaveValuesUnder(run, 6_000)
    expect(verdict.pass).toBe(false)
    expect(mask(verdict.message())).toMatchInlineSnapshot(`
      "2 of 3 commands carried 6,000 bytes or more.
        in n ms: 0 statements, 3 commands, 2 connections
        ✗ GET product:7  10,010 bytes read
        ✗ SET product:9  6,037 bytes written
        timeline:
        ✗ n ms  redis  #n  GET product:7  → [a large bulk]  took n ms
          n ms  redis  #n  SET product:9  → OK  took n ms
          n ms  redis  #n  GET small  → nil  took n ms"
    `)
    expect(toHaveValuesUnder(run, 6_000, { keys: 'small' }).pass).toBe(true)
  })

  test('of several keys in one command the mean counts', async () => {
    const { suite, redis } = shop
    await redis.mSet(Object.fromEntries(Array.from({ length: 10 }, (_, id) => [`p:${id}`, 'x'.repeat(900)])))
    const run = await suite.record(() => redis.mGet(Array.from({ length: 10 }, (_, id) => `p:${id}`)))
    expect(toHaveValuesUnder(run, 1_000).pass).toBe(true)
    expect(toHaveValuesUnder(run, 900).message()).toContain(' bytes read for each of 10 keys')
  })

  test('no command with such a key proves nothing', () => {
    expect(() => toHaveValuesUnder(recordOf([]), 10)).toThrow('toHaveValuesUnder found no command with a key.')
    expect(() => toHaveValuesUnder(recordOf([], { connectionsSeen: 0 }), 10)).toThrow('no connection of the application')
  })
})

test.each<[unknown, unknown, string]>([
  [0, {}, "Option 'bytes' must be a whole number above 0, but is 0."],
  ['1kB', {}, `Option 'bytes' must be a whole number above 0, but is "1kB".`],
  [1, { key: 'a' }, "Did you mean 'keys'?"],
])('%j bytes with %j are refused', (bytes, options, message) => {
  expect(() => toHaveValuesUnder(recordOf([]), bytes as number, options as ValuesOptions)).toThrow(message)
  expect(() => toHaveValuesUnder([], 1)).toThrow(
    'toHaveValuesUnder judges the keys of a Redis or a recording, and was given an array of 0.',
  )
})
