import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { isCacheComparison } from '../../src/keyspace/cache-comparison.js'
import type { CacheLoader, CompareCacheOptions } from '../../src/keyspace/compare-cache.js'
import { openShop, type Shop } from '../matchers/on-both.js'

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})
beforeEach(() => shop.suite.redis.send('FLUSHDB'))
afterAll(() => shop[Symbol.asyncDispose]())

const states = async (loader: CacheLoader, options?: CompareCacheOptions) =>
  (await shop.suite.compareCache('*', loader, options)).entries.map(({ key, state }) => `${key} ${state}`)

test('strings and hashes are put beside the loader, JSON or not', async () => {
  const { redis } = shop
  await redis.mSet({ 'a:json': '{"id":1,"at":"1970-01-01T00:00:00.000Z"}', 'b:text': 'plain', 'c:number': '7', 'd:nothing': 'null' })
  await redis.hSet('e:hash', { id: '7', name: 'seven', big: '9007199254740993' })
  const answers: Readonly<Record<string, unknown>> = {
    'a:json': { at: new Date(0), id: 1, gone: undefined },
    'b:text': 'plain',
    'c:number': '7',
    'd:nothing': undefined,
    'e:hash': { id: 7, name: 'seven', note: null, big: 9_007_199_254_740_993n },
  }
  expect(await states((key) => answers[key])).toEqual(['a:json equal', 'b:text equal', 'c:number equal', 'd:nothing equal', 'e:hash equal'])
  expect(await states((key) => (key === 'c:number' ? 7 : key === 'e:hash' ? { id: '7', name: 'seven' } : 'other'))).toEqual([
    'a:json different',
    'b:text different',
    'c:number equal',
    'd:nothing different',
    'e:hash different',
  ])
  expect(await states(() => null)).toEqual([
    'a:json orphaned',
    'b:text orphaned',
    'c:number orphaned',
    'd:nothing equal',
    'e:hash orphaned',
  ])
})

test('a loader that throws, or never answers, is noted at its key', async () => {
  await shop.redis.mSet({ a: '1', b: '1', c: '1' })
  const cache = await shop.suite.compareCache(
    '*',
    (key) => {
      if (key === 'a') throw new Error('no such product')
      return key === 'b' ? new Promise(() => {}) : 1
    },
    { timeoutMs: 20 },
  )
  expect(String(cache)).toBe(
    [
      "3 keys like '*': 1 equal, 2 unloaded",
      '  a  the loader threw: no such product',
      "  b  the loader threw: Waited 20 ms for the loader's answer for b, which did not happen. [ERR_HOTBED_TIMEOUT]",
      '  c  equal',
    ].join('\n'),
  )
})

test('bytes that are no JSON, other types, and a decode that throws are said', async () => {
  const { suite, ioredis } = shop
  await ioredis.set('bytes', Buffer.from([0x81, 0xa1, 0x0a, 0x00, 0xff]))
  await ioredis.set('sign', 'the \uFFFD itself')
  await ioredis.rpush('list', 'a')
  const cache = await suite.compareCache('*', () => 'the \uFFFD itself')
  expect(String(cache)).toBe(
    [
      "3 keys like '*': 1 equal, 2 unreadable",
      '  bytes  5 bytes that are no JSON: give decode',
      '  list   a list: strings and hashes are compared',
      '  sign   equal (text that is no JSON)'.replace(' (text that is no JSON)', ''),
    ].join('\n'),
  )
  const decoded = await suite.compareCache('bytes', () => [129, 161, 10, 0, 255], {
    decode: (value) => (Buffer.isBuffer(value) ? [...value] : value),
  })
  expect(decoded.totals).toMatchObject({ keys: 1, equal: 1 })
  const throwing = await suite.compareCache('bytes', () => 1, {
    decode: () => {
      throw new Error('no msgpack')
    },
  })
  expect(throwing.entries[0]?.note).toBe('decode threw: no msgpack')
})

test('no more loads than wanted go on at a time', async () => {
  await shop.redis.mSet(Object.fromEntries(Array.from({ length: 50 }, (_, id) => [`product:${id}`, '1'])))
  let open = 0
  let most = 0
  const loader = async (): Promise<number> => {
    most = Math.max(most, (open += 1))
    await shop.pool.query('SELECT 1')
    open -= 1
    return 1
  }
  const cache = await shop.suite.compareCache('product:*', loader, { concurrency: 3 })
  expect(cache.totals).toMatchObject({ keys: 50, equal: 50 })
  expect(most).toBe(3)
})

test('it is plain data and cannot be changed; wrong input is refused before a loader is called', async () => {
  await shop.redis.set('a', '1')
  const cache = await shop.suite.compareCache('*', () => 2)
  expect(structuredClone(cache)).toEqual(cache)
  expect(isCacheComparison(structuredClone(cache))).toBe(true)
  expect(() => Object.assign(cache.entries[0]!, { state: 'equal' })).toThrow(TypeError)
  const { compareCache } = shop.suite
  await expect(compareCache('', () => 1)).rejects.toThrow("Option 'pattern' must be a glob such as 'product:*'")
  await expect(compareCache('*', 7 as never)).rejects.toThrow(
    "Option 'loader' must be a function that gives what a key should hold, but is 7.",
  )
  await expect(compareCache('*', () => 1, { concurrency: 0 })).rejects.toThrow(
    "Option 'concurrency' must be a whole number from 1 on, but is 0.",
  )
  await expect(compareCache('*', () => 1, { decoder: JSON.parse } as CompareCacheOptions)).rejects.toThrow("Did you mean 'decode'?")
})
