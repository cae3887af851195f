import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { toStayWithinMemory } from '../../../src/matchers/cache/to-stay-within-memory.js'
import { openShop, type Shop } from '../on-both.js'

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})
beforeEach(async () => {
  await shop.suite.redis.send('CONFIG', 'SET', 'maxmemory', 0)
  await shop.suite.redis.send('FLUSHALL')
})
afterAll(() => shop[Symbol.asyncDispose]())

const fill = (count: number, bytes: number) =>
  Promise.all(Array.from({ length: count }, (_, id) => shop.redis.set(`product:${id}`, 'x'.repeat(bytes))))
const numbers = (text: string): string => text.replaceAll(/\d[\d,]{3,}/g, 'n')

test('of a measurement the growth counts, to the byte', async () => {
  const memory = await shop.suite.redis.measureMemory(() => fill(1_000, 1_000), { keys: 'product:*' })
  expect(toStayWithinMemory(memory, memory.grownBytes).pass).toBe(true)
  const verdict = toStayWithinMemory(memory, memory.grownBytes - 1)
  expect(verdict.pass).toBe(false)
  expect(numbers(verdict.message())).toMatchInlineSnapshot(`
    "The memory has grown by n bytes, 1 more than n.
      used_memory n → n bytes, of these connections n → n (no maxmemory); 0 evicted, 0 expired
      keys like 'product:*': 0 → n which take n bytes
        product:0  n bytes  (string)
        product:1  n bytes  (string)
        product:10  n bytes  (string)"
  `)
  expect(verdict.message()).toContain(`grown by ${memory.grownBytes.toLocaleString('en-US')} bytes, 1 more than `)
  expect(toStayWithinMemory(memory, 1e9).message()).toMatch(/^The memory has grown by [\d,]+ bytes, expected more than 1,000,000,000\.\n/)
})

test('what was evicted was not saved', async () => {
  const { redis } = shop.suite
  await redis.send('CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru')
  await redis.send('CONFIG', 'SET', 'maxmemory', '3mb')
  const memory = await redis.measureMemory(() => fill(5_000, 1_000))
  expect(() => toStayWithinMemory(memory, 1e9)).toThrow(
    /^The memory has grown by [\d,]+ bytes only because [\d,]+ keys were evicted\.\n {2}used_memory /,
  )
})

test('of a snapshot the memory of its keys', async () => {
  await fill(3, 100)
  const keys = await shop.suite.redis.inspect('product:*')
  expect(toStayWithinMemory(keys, keys.totals.bytes).pass).toBe(true)
  const verdict = toStayWithinMemory(keys, 300)
  expect(verdict.pass).toBe(false)
  expect(verdict.message().replaceAll(/\d{3}/g, 'n')).toMatchInlineSnapshot(`
    "3 keys like 'product:*' take n bytes, n more than n. The largest:
        product:0  n bytes  (string)
        product:1  n bytes  (string)
        product:2  n bytes  (string)"
  `)
  const none = await shop.suite.redis.inspect('produkt:*')
  expect(() => toStayWithinMemory(none, 1)).toThrow("No key matched 'produkt:*', so there is no memory to judge.")
})

test.each<[unknown, string]>([
  [0, "Option 'bytes' must be a whole number above 0, but is 0."],
  ['200mb', `Option 'bytes' must be a whole number above 0, but is "200mb".`],
])('%j bytes are refused', async (bytes, message) => {
  const keys = await shop.suite.redis.inspect()
  expect(() => toStayWithinMemory(keys, bytes as number)).toThrow(message)
  expect(() => toStayWithinMemory(7, 1)).toThrow('toStayWithinMemory judges the memory of a Redis, or its keys, and was given 7.')
})
