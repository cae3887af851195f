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

test('a page is read once from the database, then from Redis, for at most a minute', async ({ app, suite }) => {
  const first = await suite.record(() => app.inject('/users/7/orders'))
  const second = await suite.record(() => app.inject('/users/7/orders'))

  expect(first.result.json()).toHaveLength(20)
  expect(second.result.json()).toEqual(first.result.json())
  expect(first).toExecuteStatements(1)
  expect(first.statements[0]?.plan).toUseIndex({ table: 'orders', columns: ['user_id', 'created_at DESC'] })
  expect(second).toExecuteStatements(0)
  expect(second).toSendCommands('GET orders:*', 1)
  expect(await suite.redis.inspect('orders:*')).toHaveTtl({ min: 50, max: 60 })
})

test('a new order shows up on the page', async ({ app }) => {
  await app.inject('/users/8/orders')
  const created = await app.inject({ method: 'POST', url: '/users/8/orders', payload: { totalCents: 4200 } })

  const page = await app.inject('/users/8/orders')

  expect(page.json()[0]).toMatchObject({ id: created.json().id, total_cents: 4200, status: 'pending' })
})
