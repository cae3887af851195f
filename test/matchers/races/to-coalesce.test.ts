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

test('a stampede names its loads', async () => {
  const { suite, readPrice } = cache
  const race = await suite.stampede(20, readPrice, { key })
  expect(race.gate).toMatchObject({ arrived: 20, openedBy: 'all parties arrived' })
  expect(steadyMessageOf(() => expect(race).toCoalesce())).toMatchInlineSnapshot(`
    "20 callers missed product:7 at once: 20 loads of the same, 20 at the same time, expected at most 1.
     20 of 20 callers fulfilled; stampede: the gate at SELECT opened: all parties arrived (20 of 20 came)
     ✗ # ms pg # SELECT price FROM products WHERE id = 7 → 1 row (held # ms) took # ms
     ✗ # ms pg # SELECT price FROM products WHERE id = 7 → 1 row (held # ms) took # ms
     ✗ # ms pg # SELECT price FROM products WHERE id = 7 → 1 row (held # ms) took # ms
     … and 17 more
     Let callers of one key share the promise of its load (single flight), or take a lock before loading."
  `)
  expect(race).toCoalesce({ loads: 20 })
})

test('a single flight opens the gate, as nobody else asks', async () => {
  const { suite, readInOneFlight } = cache
  const race = await suite.stampede(20, readInOneFlight, { key })
  expect(race.gate).toMatchObject({ arrived: 1, openedBy: 'the others ask nothing new' })
  expect(race).toCoalesce()
  expect(steadyMessageOf(() => expect(race).not.toCoalesce())).toMatchInlineSnapshot(`
    "20 callers missed product:7 at once: 1 load of the same, 1 at the same time, expected more than 1.
     20 of 20 callers fulfilled; stampede: the gate at SELECT opened: the others ask nothing new (1 of 20 came)
     ✗ # ms pg # SELECT price FROM products WHERE id = 7 → 1 row (held # ms) took # ms"
  `)
})

test('who waits for a load and does not look again loads after it', async () => {
  const { suite, redis, load } = cache
  let turn: Promise<unknown> = Promise.resolve()
  const inTurn = async (): Promise<string> => {
    await redis.get(key)
    const mine = turn.then(load)
    turn = mine
    const price = await mine
    await redis.set(key, price)
    return price
  }
  const race = await suite.stampede(3, inTurn, { key })
  expect(messageOf(() => expect(race).toCoalesce())).toContain('3 loads of the same, 1 at the same time')
  expect(messageOf(() => expect(race).toCoalesce())).toContain('look into the cache again')
})

test('a caller who comes after the load is no proof', async () => {
  const { suite, readPrice } = cache
  const late = async (participant: number): Promise<string> => {
    if (participant === 2) await new Promise((resolve) => void setTimeout(resolve, 60))
    return readPrice()
  }
  const race = await suite.stampede(2, late, { key, quietMs: 1 })
  expect(messageOf(() => expect(race).toCoalesce())).toContain('1 caller looked product:7 up only after the load had ended')
})
