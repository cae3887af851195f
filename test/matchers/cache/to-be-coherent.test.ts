import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { toBeCoherent } from '../../../src/matchers/cache/to-be-coherent.js'
import { openShop, type Shop } from '../on-both.js'

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})
beforeEach(async () => {
  await shop.suite.redis.send('FLUSHDB')
  await shop.suite.postgres.query('UPDATE products SET price = 100')
  for (const id of [1, 2, 3, 4, 5]) await shop.redis.set(`product:${id}`, JSON.stringify(await load(`product:${id}`)), { EX: 60 })
})
afterAll(() => shop[Symbol.asyncDispose]())

const load = async (key: string): Promise<unknown> =>
  (await shop.pool.query('SELECT id, name, price FROM products WHERE id = $1', [key.slice('product:'.length)])).rows[0]

test('a cache that was filled from its source is coherent', async () => {
  const cache = await shop.suite.compareCache('product:*', load)
  expect(toBeCoherent(cache).pass).toBe(true)
  expect(toBeCoherent(cache).message()).toBe("All 5 keys like 'product:*' are what the loader says, and one should not be.")
})

test('what was written past it is told: key, path and both values', async () => {
  await shop.pool.query('UPDATE products SET price = price + 50 WHERE id IN (1, 2, 3)')
  await shop.redis.set('product:9999', '{"id":9999}')
  await shop.redis.set('product:10', 'ten')
  const verdict = toBeCoherent(await shop.suite.compareCache('product:*', load))
  expect(verdict.pass).toBe(false)
  expect(verdict.message().replaceAll(/another [\d.]+ s|another 1 min/g, 'another n s')).toMatchInlineSnapshot(`
    "5 of 7 keys like 'product:*' are not what the loader says.
      ✗ product:1   price: 100 in Redis, 150 by the loader, for another n s
      ✗ product:10  "ten" in Redis, {"id":10,"name":"product 10","price":100} by the loader (text that is no JSON), for ever
      ✗ product:2   price: 100 in Redis, 150 by the loader, for another n s
        … and 2 more
      What was written is in the source and not in the cache: invalidate after the COMMIT, and let no slow reader write back."
  `)
  const orphan = toBeCoherent(await shop.suite.compareCache('product:9999', load))
  expect(orphan.message()).toContain('✗ product:9999  {"id":9999} in Redis, and the loader finds nothing, for ever\n')
})

test('no key, or nothing but what could not be compared, proves nothing', async () => {
  const { suite } = shop
  const none = await suite.compareCache('produkt:*', load)
  expect(() => toBeCoherent(none)).toThrow("No key matched 'produkt:*', so there is nothing to compare. [ERR_HOTBED_EVIDENCE]")
  const broken = await suite.compareCache('product:*', (key) => {
    if (key !== 'product:1') throw new Error('the database is down')
    return load(key)
  })
  expect(() => toBeCoherent(broken)).toThrow(
    [
      "4 of 5 keys like 'product:*' could not be compared, and the others are equal.",
      '  ✗ product:2  the loader threw: the database is down',
      '  ✗ product:3  the loader threw: the database is down',
      '  ✗ product:4  the loader threw: the database is down',
      '    … and 1 more [ERR_HOTBED_EVIDENCE]',
    ].join('\n'),
  )
  const partly = await suite.compareCache('product:*', (key) => {
    if (key !== 'product:1') throw new Error('the database is down')
    return { id: 1 }
  })
  expect(toBeCoherent(partly).pass).toBe(false)
  expect(toBeCoherent(partly).message()).toContain('  4 more could not be compared: 4 by the loader, 0 by what is cached.')
  expect(() => toBeCoherent([])).toThrow('toBeCoherent judges a cache beside its source, and was given an array of 0.')
})
