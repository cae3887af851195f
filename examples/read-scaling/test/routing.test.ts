import { expect } from 'hotbed/vitest'
import { broken, repaired } from '../src/ways.js'
import { messageOf } from './message-of.js'
import { order, ordersOf, show, test } from './read-scaling-test.js'

const LIST = 'SELECT total_cents AS total FROM orders'

test('broken: who has ordered does not find the order, as long as the replica is behind', async ({ suite, start }) => {
  const app = start(broken)
  await suite.postgres.lag.hold()

  const run = await suite.record(async () => {
    await order(app, 7, 4_900)
    return ordersOf(app, 7)
  })

  expect(run.result).not.toContain(4_900)
  const failure = messageOf(() => expect(run).toReadYourWrites())
  show(failure)
  expect(failure).toContain('1 of 1 read of what was written before went to a replica that did not have the write.')
  expect(failure).toContain('after the commit of orders: INSERT INTO orders')
})

test('repaired: who has ordered is answered by the primary until the replica has the order, everybody else by the replica', async ({
  suite,
  start,
}) => {
  const app = start(repaired)
  await suite.postgres.lag.hold()

  const own = await suite.record(async () => {
    await order(app, 8, 5_000)
    return ordersOf(app, 8)
  })
  const others = await suite.record(() => ordersOf(app, 9))

  expect(own.result[0]).toBe(5_000)
  expect(own).toReadYourWrites()
  expect(own).toReadFrom('primary', LIST)
  expect(others).toReadFrom('replica', LIST)
})

test('repaired: when the replica has the order, it answers again', async ({ suite, start }) => {
  const app = start(repaired)
  await suite.postgres.lag.hold()

  const run = await suite.record(async () => {
    await order(app, 10, 5_100)
    await suite.postgres.lag.release()
    await suite.postgres.lag.caughtUp()
    return ordersOf(app, 10)
  })

  expect(run.result[0]).toBe(5_100)
  expect(run).toReadYourWrites()
  expect(run).toReadFrom('replica', LIST)
})

test('a primary that is lost: the replica takes over under its address, and has all orders', async ({ suite, start }) => {
  const app = start(repaired)
  await order(app, 11, 5_200)

  await suite.postgres.control.failover()
  await order(app, 11, 5_300)

  expect((await ordersOf(app, 11)).slice(0, 2)).toEqual([5_300, 5_200])
})
