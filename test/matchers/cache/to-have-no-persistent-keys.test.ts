import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { toHaveNoPersistentKeys, type PersistentKeysOptions } from '../../../src/matchers/cache/to-have-no-persistent-keys.js'
import { openShop, type Shop } from '../on-both.js'

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})
beforeEach(() => shop.suite.redis.send('FLUSHDB'))
afterAll(() => shop[Symbol.asyncDispose]())

test('a SET without KEEPTTL makes a key persistent, whichever client sends it', async () => {
  const { suite, redis, ioredis } = shop
  await redis.set('product:7', '{}', { EX: 60 })
  await ioredis.set('product:8', '{}', 'EX', 60)
  await ioredis.hset('product:9', 'name', 'a')
  await ioredis.expire('product:9', 60)
  expect(toHaveNoPersistentKeys(await suite.redis.inspect('product:*')).pass).toBe(true)

  await redis.set('product:7', '{"again":true}', { KEEPTTL: true })
  await ioredis.set('product:8', '{"again":true}')
  await ioredis.persist('product:9')
  const verdict = toHaveNoPersistentKeys(await suite.redis.inspect('product:*'))
  expect(verdict.pass).toBe(false)
  expect(verdict.message()).toMatchInlineSnapshot(`
    "2 of 3 keys like 'product:*' never expire.
      ✗ product:8  persistent  (string)
      ✗ product:9  persistent  (hash)
      A key is persistent when it was written without EX, PX or EXPIRE, or when a later SET without KEEPTTL took its TTL away."
  `)
})

test('exceptions are named; when nothing else is left there is nothing to judge', async () => {
  const { suite, redis } = shop
  await redis.mSet({ 'config:a': '1', 'config:b': '2' })
  await redis.set('product:7', '{}', { EX: 60 })
  const keys = await suite.redis.inspect()
  expect(toHaveNoPersistentKeys(keys, { except: 'config:*' }).pass).toBe(true)
  expect(toHaveNoPersistentKeys(keys, { except: 'config:*' }).message()).toBe(
    "None of 1 keys like '*' is persistent, and one should be.\n  2 more by exception: config:*",
  )
  expect(toHaveNoPersistentKeys(keys, { except: ['config:a'] }).pass).toBe(false)
  const words = "Every key like 'config:*' is an exception, so there is no life to judge. [ERR_HOTBED_EVIDENCE]"
  const config = await suite.redis.inspect('config:*')
  expect(() => toHaveNoPersistentKeys(config, { except: 'config:*' })).toThrow(words)
})

test('no key at all, and wrong options, are refused', async () => {
  const { redis } = shop.suite
  const none = await redis.inspect('produkt:*')
  expect(() => toHaveNoPersistentKeys(none)).toThrow("No key matched 'produkt:*', so there is no life to judge. [ERR_HOTBED_EVIDENCE]")
  expect(() => toHaveNoPersistentKeys(none, { except: 7 } as unknown as PersistentKeysOptions)).toThrow(
    "Option 'except' must be a key or glob",
  )
  expect(() => toHaveNoPersistentKeys(none, { exept: 'a' } as PersistentKeysOptions)).toThrow("Did you mean 'except'?")
  expect(() => toHaveNoPersistentKeys([])).toThrow('toHaveNoPersistentKeys judges the keys of a Redis, and was given an array of 0.')
})
