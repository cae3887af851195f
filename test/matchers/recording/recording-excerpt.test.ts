import { afterAll, beforeAll, expect, test } from 'vitest'
import { toHaveCacheHits } from '../../../src/matchers/cache/to-have-cache-hits.js'
import { openShop, type Shop } from '../on-both.js'

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})
afterAll(() => shop[Symbol.asyncDispose]())

test('keys of one name in several databases of Redis are said, and a filter tells them apart', async () => {
  const { suite, pool, redis } = shop
  const another = redis.duplicate({ database: 1 })
  await another.connect()
  await redis.set('product:7', 'here')

  const run = await suite.record(async () => {
    await redis.get('product:7')
    await pool.query('SELECT 1')
    await another.get('product:7')
  })
  await another.close()

  expect(run.commands.map(({ name, database }) => [name, database])).toEqual([
    ['GET', 0],
    ['GET', 1],
  ])
  const verdict = toHaveCacheHits(run, 2)
  expect(verdict.pass).toBe(false)
  expect(verdict.message()).toContain(
    '; keys of the Redis databases 0, 1 are not told apart: run.filter(({ database = 0 }) => database === 0) keeps one\n',
  )
  const [first, second] = [0, 1].map((number) => run.filter(({ database = number }) => database === number))
  expect(first?.timeline).toHaveLength(2)
  expect(toHaveCacheHits(first, 1).pass).toBe(true)
  expect(toHaveCacheHits(first, 2).message()).not.toContain('databases')
  expect(toHaveCacheHits(second, 0).pass).toBe(true)
})
