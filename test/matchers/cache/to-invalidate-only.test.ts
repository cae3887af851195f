import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { toInvalidateOnly } from '../../../src/matchers/cache/to-invalidate-only.js'
import { record as recordOf } from '../../wire/recording/traffic.js'
import { mask, openShop, type Shop } from '../on-both.js'

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})
beforeEach(() => shop.suite.redis.send('MSET', 'product:7', '{}', 'product:8', '{}', 'product:9', '{}', 'list:books', '[]'))
afterAll(() => shop[Symbol.asyncDispose]())

test('the keys of the list and no others were taken away; to overwrite another is no offence', async () => {
  const { suite, redis } = shop
  const run = await suite.record(() => Promise.all([redis.del('product:7'), redis.expire('list:books', 0), redis.set('session:1', 'x')]))
  expect(toInvalidateOnly(run, ['product:7', 'list:*']).pass).toBe(true)
  expect(toInvalidateOnly(run, ['product:7', 'list:*']).message()).toMatch(
    /^The recording invalidates 2 keys of product:7, list:\* and nothing else, and it should not\.\n {2}in /,
  )
  expect(toInvalidateOnly(run, 'product:*').pass).toBe(false)
})

test('a walk over all keys that deletes more is told with what found them', async () => {
  const { suite, ioredis } = shop
  const run = await suite.record(async () => {
    const [, found] = await ioredis.scan('0', 'MATCH', '*:*', 'COUNT', 1000)
    await ioredis.unlink(...found.toSorted())
  })
  const verdict = toInvalidateOnly(run, 'product:7')
  expect(verdict.pass).toBe(false)
  expect(mask(verdict.message())).toMatchInlineSnapshot(`
    "The recording invalidates 1 key of product:7, and 4 others.
      in n ms: 0 statements, 2 commands, 2 connections
      ✗ list:books, by UNLINK list:books product:7 product:8 product:9 session:1, found by SCAN MATCH *:*, at n ms
      ✗ product:8, by UNLINK list:books product:7 product:8 product:9 session:1, found by SCAN MATCH *:*, at n ms
      ✗ product:9, by UNLINK list:books product:7 product:8 product:9 session:1, found by SCAN MATCH *:*, at n ms
        … and 1 more
      timeline:
        n ms  redis  #n  SCAN 0  → [2 elements]  took n ms
      ✗ n ms  redis  #n  UNLINK list:books product:7 product:8 product:9 session:1  → 5  took n ms"
  `)
})

test('FLUSHDB and KEYS are told by their name', async () => {
  const { suite, redis } = shop
  const flush = await suite.record(() => redis.flushDb())
  expect(mask(toInvalidateOnly(flush, 'product:*').message())).toMatchInlineSnapshot(`
    "The recording invalidates every key, and only product:* should be.
      in n ms: 0 statements, 1 command, 2 connections
      ✗ FLUSHDB takes away every key of the database, at n ms
      timeline:
      ✗ n ms  redis  #n  FLUSHDB  → OK  took n ms"
  `)
  expect(toInvalidateOnly(flush, '*').pass).toBe(true)
  await redis.set('product:7', '1')
  const keys = await suite.record(async () => redis.del(await redis.keys('product:*')))
  expect(mask(toInvalidateOnly(keys, 'product:*').message())).toMatchInlineSnapshot(`
    "The recording invalidates 1 key of product:*, and no other, but looks at every key for it.
      in n ms: 0 statements, 2 commands, 2 connections
      ✗ KEYS product:* looks at every key, and the server does nothing else meanwhile, at n ms
      timeline:
      ✗ n ms  redis  #n  KEYS product:*  → [1 element]  took n ms
        n ms  redis  #n  DEL product:7  → 1  took n ms"
  `)
})

test('nothing at all is no invalidation; what scripts did is not seen', async () => {
  const { suite, redis } = shop
  const run = await suite.record(() => redis.eval("return redis.call('DEL', KEYS[1])", { keys: ['product:7'] }))
  expect(mask(toInvalidateOnly(run, 'product:7').message())).toMatchInlineSnapshot(`
    "The recording invalidates nothing of product:7, and no other.
      in n ms: 0 statements, 1 command, 2 connections
      timeline:
        n ms  redis  #n  EVAL product:7  → 1  took n ms
      Not seen: what 1 script call deleted."
  `)
})

test.each([[''], [undefined], [['a', 3]]])('the keys %j are refused', (keys) => {
  expect(() => toInvalidateOnly(recordOf([]), keys as string)).toThrow(
    "Option 'keys' must be a key or glob such as 'product:*', or a list of them",
  )
})
