import { expect } from 'hotbed/vitest'
import { broken, repaired } from '../src/ways.js'
import { messageOf } from './message-of.js'
import { show, test } from './read-scaling-test.js'

test('broken: the orders of a month are looked for in every month', async ({ suite, start }) => {
  const app = start(broken)

  const run = await suite.record(async () => (await app.inject('/months/2025-03')).json<{ orders: number }>().orders)

  expect(run).toReadFrom('replica', 'SELECT count')
  const failure = messageOf(() => expect(run).toPrunePartitionsTo(1, { table: 'orders' }))
  show(failure)
  expect(failure).toContain('13')
})

test('repaired: they are read from the partition of that month alone', async ({ suite, start }) => {
  const [one, other] = [start(broken), start(repaired)]
  const counted = (await one.inject('/months/2025-03')).json<unknown>()

  const run = await suite.record(async () => (await other.inject('/months/2025-03')).json<unknown>())

  expect(run.result).toEqual(counted)
  expect(run).toPrunePartitionsTo(1, { table: 'orders' })
})
