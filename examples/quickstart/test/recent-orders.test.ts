import { expect } from 'hotbed/vitest'
import { RECENT_ORDERS } from '../src/app.js'
import { test } from './app-fixture.js'

test('the database holds a million orders', async ({ postgres }) => {
  const { rows } = await postgres.query('SELECT count(*)::int AS orders FROM orders')

  expect(rows).toEqual([{ orders: 1_000_000 }])
})

test('the newest orders of a user come from the composite index', async ({ postgres }) => {
  const plan = await postgres.explain(RECENT_ORDERS, [1])

  expect(plan).toUseIndex({ table: 'orders', columns: ['user_id', 'created_at DESC'] })
  expect(plan).not.toSeqScan('orders')
})

test('a page is cached for at most a minute', async ({ app, redis }) => {
  const response = await app.inject('/users/7/orders')

  expect(response.json()).toHaveLength(20)
  expect(await redis.inspect('orders:*')).toHaveTtl({ min: 50, max: 60 })
})

test('a new order shows up on the page', async ({ app }) => {
  await app.inject('/users/8/orders')
  const created = await app.inject({ method: 'POST', url: '/users/8/orders', payload: { totalCents: 4200 } })

  const page = await app.inject('/users/8/orders')

  expect(page.json()[0]).toMatchObject({ id: created.json().id, total_cents: 4200, status: 'pending' })
})
