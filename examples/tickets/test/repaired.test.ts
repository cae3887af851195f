import { createTest, expect } from 'hotbed/vitest'
import { reply } from 'hotbed'
import { script } from '../src/admissions/script.js'
import { once } from '../src/orders/once.js'
import { atomicUpdate } from '../src/seats/atomic-update.js'
import type { BookSeat } from '../src/seats/book-seat.js'
import { fencedLock } from '../src/seats/fenced-lock.js'
import { leaseOnly } from '../src/seats/lease-only.js'
import { rowLock } from '../src/seats/row-lock.js'
import { serializable } from '../src/seats/serializable.js'
import { openBoxOffice } from './box-office.js'
import { failuresOfFifty } from './fifty.js'
import { startTwo } from './instances.js'
import { ONE_BOOKING_A_SEAT, ONE_ORDER } from './invariants.js'
import { lockInTurn } from './lock-in-turn.js'
import { raceForStock } from './races.js'
import { repaired } from './stacks.js'
import { statusesOf } from './statuses-of.js'

const test = createTest(repaired)

test.for<readonly [string, BookSeat, quietMs?: number]>([
  ['a row lock', rowLock],
  ['an atomic UPDATE', atomicUpdate],
  ['SERIALIZABLE with a retry', serializable],
  ['a lock of redlock, while its lease lasts', leaseOnly, 25],
  ['a lock with a fencing token', fencedLock, 25],
])('%s: in 0 of 50 races a seat is booked twice', async ([, bookSeat, quietMs = 100], { suite }) => {
  const instances = await startTwo(suite, { bookSeat })

  const failures = await failuresOfFifty(
    async () => {
      await openBoxOffice(suite)
      return suite.overlap(2, (instance) => instances.book(instance), { at: 'UPDATE seats', quietMs, invariant: ONE_BOOKING_A_SEAT })
    },
    (race) => {
      expect(race).toNeverOversell({ capacity: 1 })
      expect(statusesOf(race)).toBe('201, 409')
    },
  )
  await instances.close()

  expect(failures).toEqual([])
})

test('a script: in 0 of 50 races one too many is let in', async ({ suite }) => {
  const instances = await startTwo(suite, { admit: script })

  const failures = await failuresOfFifty(
    async () => {
      await openBoxOffice(suite)
      return suite.overlap(2, (instance) => instances.admit(instance), { at: 'EVAL event:*' })
    },
    (race) => {
      expect(race).toNeverOversell({ capacity: 1 })
      expect(statusesOf(race)).toBe('201, 409')
    },
  )
  await instances.close()

  expect(failures).toEqual([])
})

test('stock that is taken where there is enough: in 0 of 50 races it becomes negative', async ({ suite }) => {
  const instances = await startTwo(suite, { placeOrder: once })

  const failures = await failuresOfFifty(
    (round) => raceForStock(suite, instances, round),
    (race) => {
      expect(race).toPreserve('that stock is never negative')
      expect(statusesOf(race)).toBe('201, 409')
    },
  )
  await instances.close()

  expect(failures).toEqual([])
})

test('a key of the request: in 0 of 50 races it is two orders, and both answers name the one', async ({ suite }) => {
  const instances = await startTwo(suite, { placeOrder: once })

  const failures = await failuresOfFifty(
    async (round) => {
      await openBoxOffice(suite, { stock: 10 })
      return suite.overlap(2, (instance) => instances.order(instance, [1], `round ${round}`), {
        at: 'INSERT INTO orders',
        invariant: ONE_ORDER,
      })
    },
    (race) => {
      const answers = new Set(race.outcomes.map((outcome) => JSON.stringify({ ...outcome, participant: undefined })))
      expect(answers.size).toBe(1)
      expect(race).toExecuteStatements('UPDATE products', 1)
      expect(race).toPreserve('one order for a request')
    },
  )
  await instances.close()

  expect(failures).toEqual([])
})

test('two carts with the same products in another order wait for each other in one order', async ({ suite }) => {
  await openBoxOffice(suite, { stock: 10 })
  const instances = await startTwo(suite, { placeOrder: once })

  const run = await lockInTurn(suite, () => Promise.all([instances.order(1, [1, 2], 'one'), instances.order(2, [2, 1], 'two')]))
  await instances.close()

  expect(run.result.map(({ status }) => status)).toEqual([201, 201])
  expect(run).toAvoidDeadlock()
})

test('after a serialization failure the whole transaction is tried again', async ({ suite }) => {
  await openBoxOffice(suite)
  const instances = await startTwo(suite, { bookSeat: serializable })

  const refusal = await suite.intercept('COMMIT', reply({ error: '40001' }), { times: 2 })
  const run = await suite.record(() => instances.book(1))
  await refusal.remove()
  await instances.close()

  expect(run.result.status).toBe(201)
  expect(run).toRetry({ times: 2 })
  expect((await suite.postgres.query('SELECT FROM bookings')).rows).toHaveLength(1)
})
