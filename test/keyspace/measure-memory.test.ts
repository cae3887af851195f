import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { isMemoryMeasurement } from '../../src/keyspace/memory-measurement.js'
import { openShop, type Shop } from '../matchers/on-both.js'

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})
beforeEach(() => shop.suite.redis.send('FLUSHALL'))
afterAll(() => shop[Symbol.asyncDispose]())

const fill = async (count: number, bytes: number): Promise<number> => {
  const { redis } = shop
  await Promise.all(Array.from({ length: count }, (_, id) => redis.set(`product:${id}`, 'x'.repeat(bytes))))
  return count
}

test('the same work costs the same number of bytes, from the first time on', async () => {
  const { redis } = shop.suite
  const rounds: number[] = []
  for (let round = 0; round < 4; round += 1) {
    await redis.send('FLUSHALL')
    rounds.push((await redis.measureMemory(() => fill(2_000, 200))).grownBytes)
  }
  // A connection that is new has some texts of its own in the first.
  expect(Math.max(...rounds) - Math.min(...rounds)).toBeLessThan(1_024)
  expect(rounds[1]).toBeGreaterThan(2_000 * 200)
})

test('it tells what was there before and after, and the largest keys', async () => {
  const { suite, redis } = shop
  await redis.mSet({ 'product:0': 'a', 'session:1': 'b' })
  const memory = await suite.redis.measureMemory(
    async () => {
      await redis.set('product:large', 'x'.repeat(5_000))
      await redis.expire('session:1', 0)
      return 'done'
    },
    { keys: ['product:*', 'session:*'] },
  )
  expect(memory).toMatchObject({ kind: 'memory', result: 'done', evicted: 0, maxBytes: 0, policy: 'noeviction' })
  expect(memory.patterns.map(({ pattern, before, after }) => [pattern, before, after.keys.map(({ key }) => key)])).toEqual([
    ['product:*', ['product:0'], ['product:0', 'product:large']],
    ['session:*', ['session:1'], []],
  ])
  expect(memory.largest.map(({ key }) => key)).toEqual(['product:large', 'product:0'])
  expect(await suite.redis.send('CONFIG', 'GET', 'latency-tracking')).toEqual(['latency-tracking', 'yes'])
  expect(memory.grownBytes).toBe(
    memory.after.usedBytes - memory.before.usedBytes - memory.after.connectionBytes + memory.before.connectionBytes,
  )
  expect(String(memory).replaceAll(/[\d,]{4,}/g, 'n')).toBe(
    [
      'used_memory n → n bytes, of these connections n → n (no maxmemory); 0 evicted, 0 expired',
      "keys like 'product:*': 1 → 2, which take n bytes",
      "keys like 'session:*': 1 → 0, which take 0 bytes",
      '  product:large  n bytes  (string)',
      `  product:0  ${memory.largest[1]?.bytes} bytes  (string)`,
    ].join('\n'),
  )
})

test('it is plain data and cannot be changed', async () => {
  const memory = await shop.suite.redis.measureMemory(() => fill(3, 3))
  expect(structuredClone(memory)).toEqual(memory)
  expect(isMemoryMeasurement(structuredClone(memory))).toBe(true)
  expect(() => Object.assign(memory, { grownBytes: 0 })).toThrow(TypeError)
})

test('an error of the work is thrown on, and wrong input refused before it runs', async () => {
  const { measureMemory } = shop.suite.redis
  await expect(measureMemory(() => Promise.reject(new Error('no products')))).rejects.toThrow('no products')
  let ran = false
  const act = (): void => {
    ran = true
  }
  await expect(measureMemory(act, { keys: [] })).rejects.toThrow(
    "Option 'keys' must be a glob such as 'product:*', or a list of them, but is an array of 0.",
  )
  await expect(measureMemory(act, { key: '*' } as object)).rejects.toThrow("measureMemory() has no option 'key'.")
  await expect(measureMemory('fill' as unknown as () => void)).rejects.toThrow("Option 'measureMemory()' must be a function")
  expect(ran).toBe(false)
})
