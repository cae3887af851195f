import { hold } from 'hotbed'
import { expect } from 'hotbed/vitest'
import { createApp } from '../src/app.js'
import { test } from './app-fixture.js'

test('a page that one instance fills while another takes an order misses the order, every time', async ({ app, suite }) => {
  const another = await createApp({ databaseUrl: suite.postgres.url, redisUrl: suite.redis.url })
  // This one has read its rows and is about to fill the cache. It happens to be slow just now.
  await using slow = await suite.intercept('SET orders:9', hold())
  const reading = app.inject('/users/9/orders')
  await slow.arrived()

  // Meanwhile the other stores an order and invalidates the page, which is filled after that.
  const created = await another.inject({ method: 'POST', url: '/users/9/orders', payload: { totalCents: 4200 } })
  await slow.release()
  await reading

  const page = await another.inject('/users/9/orders')
  const order = created.json<{ id: string }>().id
  const newest = page.json<{ id: string }[]>()[0]?.id
  console.log(`\nOrder ${order} was stored and its page invalidated, yet the page shows ${newest} as the newest: stale for a minute.\n`)
  expect(newest).not.toBe(order)
  await another.close()
})
