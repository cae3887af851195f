import { afterAll, beforeAll, beforeEach, test } from 'vitest'
import { expect } from '../../../src/vitest/expect.js'
import { KEY as key, openProductCache, type ProductCache } from '../../scenarios/product-cache.js'
import { messageOf, steadyMessageOf } from './message-of.js'

let cache: ProductCache
beforeAll(async () => {
  cache = await openProductCache()
})
beforeEach(() => cache.reset())
afterAll(() => cache[Symbol.asyncDispose]())

test('a stale write-back is shown with its three steps', async () => {
  const { suite, readPrice, changePrice } = cache
  const race = await suite.raceInvalidation({ read: readPrice, write: changePrice, key })
  expect(race.outcomes).toMatchObject([{ value: '100' }, { status: 'fulfilled' }, { value: '100' }])
  expect(race).toServeStale()
  expect(steadyMessageOf(() => expect(race).not.toServeStale())).toMatchInlineSnapshot(`
    "product:7 serves a stale value: it was filled after its last invalidation, from a source that was read before it.
     raceInvalidation: the gate at the fill of product:7 opened: the others have ended (1 came)
     participant 1: fulfilled with "100"
     participant 2: fulfilled with undefined
     participant 3: fulfilled with "100"
     source read: SELECT price FROM products WHERE id = 7 (#)
     invalidation: DEL product:7 (#)
     fill: SET product:7 (let go after that; → OK)
     timeline:
     # ms pg # SELECT price FROM products WHERE id = 7 → 1 row took # ms
     # ms redis # DEL product:7 → 0 took # ms
     ✗ # ms redis # SET product:7 → OK (held # ms) took # ms
     # ms redis # GET product:7 → "100" took # ms
     Guard the fill: let the invalidation raise a generation, and fill by a script only while that is still the one read before the source."
  `)
})

test('a guarded fill is refused, and the read afterwards is fresh', async () => {
  const { suite, readGuarded, changePrice } = cache
  const race = await suite.raceInvalidation({ read: readGuarded, write: changePrice, key })
  expect(race).not.toServeStale()
  expect(race.outcomes[2]).toMatchObject({ value: '101' })
})

test('a writer behind the held fill is no proof', async () => {
  const { suite, pool, redis, readPrice } = cache
  const write = async (): Promise<void> => {
    await pool.query('UPDATE products SET price = price + 1 WHERE id = 7')
    await redis.del(key)
  }
  const race = await suite.raceInvalidation({ read: readPrice, write, key, quietMs: 10 })
  expect(messageOf(() => expect(race).not.toServeStale())).toContain('behind the held fill on the same connection')
  expect(messageOf(() => expect(race).toServeStale())).toContain('behind the held fill on the same connection')
})

test('where absence is what is cached, EXISTS is a look', async () => {
  const { suite, redis, load, writer, pool } = cache
  const look = async (): Promise<boolean> => {
    if ((await redis.exists('absent:7')) === 1) return false
    await load()
    await redis.set('absent:7', '', { EX: 60 })
    return false
  }
  const write = async (): Promise<void> => {
    await pool.query('INSERT INTO products VALUES (8, 1)')
    await writer.del('absent:7')
  }
  const race = await suite.raceInvalidation({ read: look, write, key: 'absent:7' })
  expect(messageOf(() => expect(race).not.toServeStale())).toMatch(/absent:7 serves a stale value[^]*EXISTS absent:7 +→ 1/)
})
