import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { toEvict } from '../../../src/matchers/cache/to-evict.js'
import { toRetain } from '../../../src/matchers/cache/to-retain.js'
import { openShop, type Shop } from '../on-both.js'

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})
beforeEach(async () => {
  const { send } = shop.suite.redis
  await send('CONFIG', 'SET', 'maxmemory', 0)
  await send('FLUSHALL')
  await send('CONFIG', 'SET', 'maxmemory-policy', 'volatile-ttl')
  // With five, the key that is to go first is now and then in none of the samples.
  await send('CONFIG', 'SET', 'maxmemory-samples', 64)
})
afterAll(() => shop[Symbol.asyncDispose]())

/** Hot keys have no TTL, and volatile-ttl leaves them. */
async function overfill() {
  const { suite, redis } = shop
  await Promise.all([1, 2, 3].map((id) => redis.set(`hot:${id}`, 'x'.repeat(1_000))))
  await redis.set('cold:0', 'x', { EX: 10 })
  await suite.redis.send('CONFIG', 'SET', 'maxmemory', '3mb')
  return suite.redis.measureMemory(() =>
    Promise.all(Array.from({ length: 3_000 }, (_, id) => redis.set(`filler:${id}`, 'x'.repeat(1_000), { EX: 1_000 + id }))),
  )
}

const numbers = (text: string): string => text.replaceAll(/\d[\d,]{2,}|(?<=filler:)\d+/g, 'n')

test('keys that are evicted are counted, and what is used stays', async () => {
  const memory = await overfill()
  expect(memory.evicted).toBeGreaterThan(100)
  expect(toEvict(memory).pass).toBe(true)
  expect(toEvict(memory, { min: 1, max: 3_000 }).pass).toBe(true)
  const verdict = toEvict(memory, { max: 10 })
  expect(verdict.pass).toBe(false)
  // Which of them stay, and how many, Redis draws.
  expect(numbers(verdict.message()).split('\n').slice(0, 2)).toEqual([
    'n keys were evicted, expected at most 10.',
    '  used_memory n → n bytes, of these connections n → n (maxmemory n bytes, volatile-ttl); n evicted, 0 expired',
  ])

  expect(toRetain.call({ isNot: false }, memory, ['hot:*', 'hot:1']).pass).toBe(true)
  const gone = toRetain.call({ isNot: false }, memory, ['hot:*', 'cold:0', 'filler:9999'])
  expect(gone.pass).toBe(false)
  expect(numbers(gone.message()).split('\n').slice(0, 4)).toEqual([
    '2 of 5 keys are gone.',
    '  ✗ cold:0',
    '  ✗ filler:n  was not there before either',
    '  used_memory n → n bytes, of these connections n → n (maxmemory n bytes, volatile-ttl); n evicted, 0 expired',
  ])
  expect(toRetain.call({ isNot: true }, memory, 'cold:0').pass).toBe(false)
  expect(toRetain.call({ isNot: true }, memory, ['cold:0', 'hot:1']).message()).toMatch(
    /^1 of 2 keys is still there, and none should be\.\n {2}✗ hot:1\n/,
  )
})

test('a server without a limit, or that evicts nothing, proves nothing', async () => {
  const { redis } = shop.suite
  const free = await redis.measureMemory(() => undefined)
  expect(() => toEvict(free, { max: 0 })).toThrow('Nothing could be evicted: the server has no maxmemory. [ERR_HOTBED_EVIDENCE]')
  await redis.send('CONFIG', 'SET', 'maxmemory', '8mb')
  await redis.send('CONFIG', 'SET', 'maxmemory-policy', 'noeviction')
  const refusing = await redis.measureMemory(() => undefined)
  expect(() => toEvict(refusing, 0)).toThrow(
    "Nothing could be evicted: the server has the policy 'noeviction', which refuses writes instead.",
  )
})

test('keys that were not there before, or not measured, prove nothing', async () => {
  const memory = await shop.suite.redis.measureMemory(() => undefined, { keys: 'hot:*' })
  expect(() => toRetain.call({ isNot: false }, memory, 'hot:*')).toThrow('No key like hot:* was there before, so there is none to retain.')
  expect(() => toRetain.call({ isNot: true }, memory, 'cold:1')).toThrow("cold:1 was not measured: only keys like 'hot:*' were.")
  expect(() => toRetain.call({ isNot: false }, 7, 'hot:*')).toThrow('toRetain judges the memory of a Redis, and was given 7.')
  expect(() => toEvict(memory, -1)).toThrow("Option 'range' must be a whole number from 0 on")
})
