import { afterAll, beforeAll, beforeEach, test } from 'vitest'
import { expect } from '../../../src/vitest/expect.js'
import { effect, openRetriedOrders, type RetriedOrders } from '../../scenarios/retried-orders.js'
import { messageOf, steadyMessageOf } from './message-of.js'

let orders: RetriedOrders

beforeAll(async () => {
  orders = await openRetriedOrders()
})
beforeEach(() => orders.clear().then(() => {}))
afterAll(() => orders[Symbol.asyncDispose]())

test('the message has both runs and what was sent', async () => {
  const race = await orders.suite.ambiguousCommit(() => orders.tryTwice(null), { effect })
  expect(steadyMessageOf(() => expect(race).toBeIdempotent())).toMatchInlineSnapshot(`
    "The request is not idempotent: cut after the commit, orders changed by 2 instead of 1, charged changed by 20 instead of 10.
     cut before the server got COMMIT: orders 0 → 1, charged 0 → 10; fulfilled with "placed"
     cut after the server had carried out COMMIT: orders 1 → 3, charged 10 → 30; fulfilled with "placed"
     timeline of the run that was cut after:
     # ms pg # BEGIN → BEGIN took # ms
     # ms pg # INSERT INTO orders (request, total) VALUES ($1, 10) ON CONFLICT (request) DO NOTHING → 1 row took # ms
     ✗ # ms pg # COMMIT → COMMIT (dropped after the server had it) took # ms
     # ms pg # BEGIN → BEGIN took # ms
     # ms pg # INSERT INTO orders (request, total) VALUES ($1, 10) ON CONFLICT (request) DO NOTHING → 1 row took # ms
     # ms pg # COMMIT → COMMIT took # ms
     The client cannot tell a lost request from a lost reply: send a key of its own along, and insert it under a unique constraint in the same transaction."
  `)
})

test('where nobody tries again nothing is proved', async () => {
  const race = await orders.suite.ambiguousCommit(() => orders.place(null), { effect })
  expect(messageOf(() => expect(race).toBeIdempotent())).toContain('nobody tried again')
  expect(messageOf(() => expect(race).not.toBeIdempotent())).toContain('nobody tried again')
})

test('of several effects one can be named; another is refused', async () => {
  const race = await orders.suite.ambiguousCommit(() => orders.tryTwice(null), { effect })
  expect(messageOf(() => expect(race).toBeIdempotent('charged'))).toMatch(
    /^The request is not idempotent: .*, charged changed by 20 instead of 10\./,
  )
  expect(messageOf(() => expect(race).toBeIdempotent('refunds'))).toContain("Option 'effect' must be one of orders, charged")
})

test('a request with a key of its own is idempotent, and says so where it should not be', async () => {
  const race = await orders.suite.ambiguousCommit((run) => orders.tryTwice(`order ${run}`), { effect })
  expect(race).toBeIdempotent()
  expect(messageOf(() => expect(race).not.toBeIdempotent())).toMatchInlineSnapshot(`
    "The request is idempotent, expected that it is not: orders changed by 1 in both runs, charged changed by 10 in both runs.
      cut before the server got COMMIT: orders 0 → 1, charged 0 → 10; fulfilled with "placed"
      cut after the server had carried out COMMIT: orders 1 → 2, charged 10 → 20; fulfilled with "placed""
  `)
})
