import { createTest, expect } from 'hotbed/vitest'
import { reply } from 'hotbed'
import { serializableStatementRetry } from '../src/seats/serializable-statement-retry.js'
import { openBoxOffice } from './box-office.js'
import { failuresOfFifty, verdictsOf } from './fifty.js'
import { startTwo } from './instances.js'
import { ONE_BOOKING_A_SEAT, ONE_ORDER } from './invariants.js'
import { lockInTurn } from './lock-in-turn.js'
import { messageOf } from './message-of.js'
import { raceForStock } from './races.js'
import { asDeployed } from './stacks.js'

const test = createTest(asDeployed)

function show(failure: string | undefined): void {
  console.log(`\nThis is what the failing expectation says:\n\n${failure}\n`)
}

test('SELECT, then UPDATE: in 50 of 50 races two customers book one seat', async ({ suite }) => {
  const instances = await startTwo(suite)

  const failures = await failuresOfFifty(
    async () => {
      await openBoxOffice(suite)
      return suite.overlap(2, (instance) => instances.book(instance), { at: 'UPDATE seats', invariant: ONE_BOOKING_A_SEAT })
    },
    (race) => expect(race).toNeverOversell({ capacity: 1 }),
  )
  await instances.close()

  show(failures[0])
  expect(failures).toHaveLength(50)
  expect(verdictsOf(failures)).toEqual(['2 of 2 participants were accepted, capacity 1; and the invariant was broken.'])
  expect(failures[0]).toMatch(/✗ after COMMIT .*: false, bookings = 2/)
})

test('GET, then SET: in 50 of 50 races two are let in to the last place', async ({ suite }) => {
  const instances = await startTwo(suite)

  const failures = await failuresOfFifty(
    async () => {
      await openBoxOffice(suite)
      return suite.overlap(2, (instance) => instances.admit(instance), { at: 'SET event:*' })
    },
    (race) => expect(race).toNeverOversell({ capacity: 1 }),
  )
  await instances.close()

  show(failures[0])
  expect(failures).toHaveLength(50)
  expect(verdictsOf(failures)).toEqual(['2 of 2 participants were accepted, capacity 1.'])
})

test('SELECT stock, then UPDATE: in 50 of 50 races the stock becomes negative', async ({ suite }) => {
  const instances = await startTwo(suite)

  const failures = await failuresOfFifty(
    (round) => raceForStock(suite, instances, round),
    (race) => expect(race).toPreserve('that stock is never negative'),
  )
  await instances.close()

  show(failures[0])
  expect(failures).toHaveLength(50)
  expect(failures[0]).toMatch(/✗ after COMMIT .*: false, stock = -1/)
})

test('a request that is sent twice: in 50 of 50 races it is two orders', async ({ suite }) => {
  const instances = await startTwo(suite)

  const failures = await failuresOfFifty(
    async (round) => {
      await openBoxOffice(suite, { stock: 10 })
      return suite.overlap(2, (instance) => instances.order(instance, [1], `round ${round}`), {
        at: 'INSERT INTO orders',
        invariant: ONE_ORDER,
      })
    },
    (race) => expect(race).toPreserve('one order for a request'),
  )
  await instances.close()

  show(failures[0])
  expect(failures).toHaveLength(50)
  expect(failures[0]).toMatch(/✗ after COMMIT .*: false, orders = 2/)
})

test('two carts with the same products in another order: a deadlock', async ({ suite }) => {
  await openBoxOffice(suite, { stock: 10 })
  const instances = await startTwo(suite)

  const run = await lockInTurn(suite, () => Promise.allSettled([instances.order(1, [1, 2], 'one'), instances.order(2, [2, 1], 'two')]))
  await instances.close()

  const failure = messageOf(() => expect(run).toAvoidDeadlock())
  show(failure)
  expect(failure).toMatch(/#\d+ waits for #\d+: ShareLock on transaction \d+, and was ended with 40P01/)
  expect(failure).toContain('had run   UPDATE products SET stock = stock - $2 WHERE id = $1')
  expect(failure).toContain('Take locks in one order everywhere')
})

test('after a serialization failure only the UPDATE is tried again', async ({ suite }) => {
  await openBoxOffice(suite)
  const instances = await startTwo(suite, { bookSeat: serializableStatementRetry })

  const refusal = await suite.intercept('UPDATE seats', reply({ error: '40001' }), { times: 1 })
  const run = await suite.record(() => instances.book(1).catch((error: unknown) => error))
  await refusal.remove()
  await instances.close()

  const failure = messageOf(() => expect(run).toRetry({ times: 1 }))
  show(failure)
  expect(failure).toContain('only the statement was tried again, inside the failed transaction: refused with 25P02')
})
