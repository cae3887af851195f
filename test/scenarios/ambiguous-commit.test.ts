import { afterAll, beforeAll, beforeEach, test } from 'vitest'
import { expect } from '../../src/vitest/expect.js'
import { messageOf } from '../matchers/races/message-of.js'
import { effect, openRetriedOrders, type RetriedOrders } from './retried-orders.js'

let orders: RetriedOrders

beforeAll(async () => {
  orders = await openRetriedOrders()
})
beforeEach(() => orders.clear().then(() => {}))
afterAll(() => orders[Symbol.asyncDispose]())

test('a naive retry places the order twice in 50 of 50 runs, and a request with a key in none', async () => {
  let doubled = 0
  for (let round = 0; round < 50; round += 1) {
    const naive = await orders.suite.ambiguousCommit(() => orders.tryTwice(null), { effect })
    if (/orders changed by 2 instead of 1, charged changed by 20 instead of 10/.test(messageOf(() => expect(naive).toBeIdempotent())))
      doubled += 1
    const keyed = await orders.suite.ambiguousCommit((run) => orders.tryTwice(`order ${round} ${run}`), { effect })
    expect(keyed).toBeIdempotent()
  }
  expect(doubled).toBe(50)
})

test('both runs are told with their effects', async () => {
  const race = await orders.suite.ambiguousCommit(() => orders.tryTwice(null), { effect })
  expect(race.runs.map(({ cut, effectBefore, effectAfter }) => [cut, effectBefore['orders'], effectAfter['orders']])).toEqual([
    ['before', 0, 1],
    ['after', 1, 3],
  ])
})

test.each([
  [
    'a commit that is not sent',
    () => orders.suite.ambiguousCommit(() => orders.pool.query('SELECT 1'), { effect }),
    /came to the gate at COMMIT[^]*select \?/,
  ],
  [
    'an effect of wrong SQL',
    () => orders.suite.ambiguousCommit(() => 1, { effect: 'SELECT counts(*)' }),
    /The effect could not be measured[^]*counts/,
  ],
  ['an effect that is no number', () => orders.suite.ambiguousCommit(() => 1, { effect: "SELECT 'a' AS name" }), /name is no number/],
  ['no effect', () => orders.suite.ambiguousCommit(() => 1, {} as never), /'effect' must be a query/],
])('%s is refused', async (_name, act, message) => {
  await expect(act()).rejects.toThrow(message)
})
