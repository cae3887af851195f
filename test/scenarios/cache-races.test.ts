import { afterAll, beforeAll, beforeEach, test } from 'vitest'
import { expect } from '../../src/vitest/expect.js'
import { KEY as key, openProductCache, type ProductCache } from './product-cache.js'

let cache: ProductCache
beforeAll(async () => {
  cache = await openProductCache()
})
beforeEach(() => cache.reset())
afterAll(() => cache[Symbol.asyncDispose]())

const RUNS = 50

async function repeat(act: () => Promise<boolean>): Promise<number> {
  let times = 0
  for (let run = 0; run < RUNS; run += 1) if (await act()) times += 1
  return times
}

const fails = (judge: () => void): boolean => {
  try {
    judge()
    return false
  } catch {
    return true
  }
}

test.each<readonly [string, 'readPrice' | 'readInOneFlight', number]>([
  ['every caller loads', 'readPrice', RUNS],
  ['a single flight', 'readInOneFlight', 0],
])('with %s the stampede has the same end in 50 runs', async (_name, read, expected) => {
  const failed = await repeat(async () => {
    const race = await cache.suite.stampede(5, cache[read], { key })
    return fails(() => expect(race).toCoalesce())
  })
  expect(failed).toBe(expected)
})

test.each<readonly [string, 'readPrice' | 'readGuarded', number]>([
  ['an unguarded fill', 'readPrice', RUNS],
  ['a fill that is guarded by a generation', 'readGuarded', 0],
])('with %s the race with an invalidation has the same end in 50 runs', async (_name, read, expected) => {
  const failed = await repeat(async () => {
    const race = await cache.suite.raceInvalidation({ read: cache[read], write: cache.changePrice, key })
    return fails(() => expect(race).not.toServeStale())
  })
  expect(failed).toBe(expected)
})

test('the gate of a stampede opens when all have come, or nobody else asks', async () => {
  const { suite, readPrice, readInOneFlight } = cache
  const rush = await suite.stampede(20, readPrice, { key })
  expect(rush.gate).toMatchObject({ arrived: 20, openedBy: 'all parties arrived' })
  const flight = await suite.stampede(20, readInOneFlight, { key })
  expect(flight.gate).toMatchObject({ arrived: 1, openedBy: 'the others ask nothing new' })
})

test('nobody who loads is said, with what came instead', async () => {
  await expect(cache.suite.stampede(2, cache.readPrice, { key, load: 'SELECT * FROM prices' })).rejects.toThrow(
    /participant 1, alone, ended before it came to the gate at SELECT \* FROM prices[^]*select price from products/,
  )
})

test.each([
  [
    'a reader that fills nothing',
    () => cache.suite.raceInvalidation({ read: cache.load, write: cache.changePrice, key }),
    /ended before it came to the gate at the fill of product:7/,
  ],
  [
    'a key that is none',
    () => cache.suite.raceInvalidation({ read: cache.load, write: cache.changePrice, key: '' }),
    /'key' must be the key as it stands in Redis/,
  ],
  ['no writer', () => cache.suite.raceInvalidation({ read: cache.load, key } as never), /'write' must be a function/],
  ['a stampede of one', () => cache.suite.stampede(1, cache.load, { key }), /'n' must be a whole number from 2/],
])('%s is refused', async (_name, act, message) => {
  await expect(act()).rejects.toThrow(message)
})
