import { expect, test } from 'vitest'
import { shopDataset, shopMigrations } from '../../../presets/datasets/shop.js'
import { startSuite } from '../../../src/start-suite.js'
import { countOf } from '../../seed/with-suite.js'

const SMALL = { users: 500, products: 100, orders: 5_000, orderItems: 12_000 }

test('a shop has customers of all sizes, rows in the order of time, and orders that make sense', async () => {
  await using suite = await startSuite({ postgres: { migrations: shopMigrations, dataset: shopDataset(SMALL) } })
  const count = (sql: string): Promise<number> => countOf(suite, sql)

  expect(await count('SELECT count(*) FROM users')).toBe(500)
  expect(await count('SELECT count(*) FROM products')).toBe(100)
  expect(await count('SELECT count(*) FROM orders')).toBe(5_000)
  expect(await count('SELECT count(*) FROM order_items')).toBe(12_000)
  // Ten times as many as the average customer.
  expect(await count('SELECT max(n) FROM (SELECT count(*) AS n FROM orders GROUP BY user_id) c')).toBeGreaterThan(100)
  expect(await count("SELECT correlation FROM pg_stats WHERE tablename = 'orders' AND attname = 'created_at'")).toBe(1)
  expect(await count("SELECT count(*) FROM orders WHERE status = 'pending' AND created_at < '2024-12-18'")).toBe(0)
  expect(await count("SELECT count(*) FROM orders WHERE status = 'delivered' AND shipped_at IS NULL")).toBe(0)
})

test('a shop with a cache holds its products in Redis as they are in Postgres', async () => {
  await using suite = await startSuite({
    postgres: { migrations: shopMigrations, dataset: shopDataset({ ...SMALL, cache: true }) },
    redis: {},
  })
  const { rows } = await suite.postgres.query<{ id: string; name: string; price_cents: number }>(
    'SELECT id, name, price_cents FROM products',
  )

  expect(rows).toHaveLength(100)
  expect(await suite.redis.send('DBSIZE')).toBe(100)
  for (const { id, name, price_cents: price } of rows)
    expect(await suite.redis.send('HMGET', `product:${id}`, 'name', 'price_cents')).toEqual([name, String(price)])
  const lives = (await suite.redis.inspect()).keys.map(({ ttlMs }) => Number(ttlMs))
  expect(Math.min(...lives)).toBeGreaterThan(200_000)
  expect(Math.max(...lives)).toBeLessThanOrEqual(900_000)
  expect(Math.max(...lives)).toBeGreaterThan(700_000)
})
