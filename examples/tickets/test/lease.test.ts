import { createTest, expect } from 'hotbed/vitest'
import type { LeaseRace } from 'hotbed'
import type { BookSeat } from '../src/seats/book-seat.js'
import { fencedLock } from '../src/seats/fenced-lock.js'
import { leaseOnly } from '../src/seats/lease-only.js'
import { openBoxOffice } from './box-office.js'
import { startTwo, type Answer } from './instances.js'
import { messageOf } from './message-of.js'
import { repaired, type TicketSuite } from './stacks.js'

const test = createTest(repaired)

/** The first instance is paused at its UPDATE until its lease is over; meanwhile the second books the same seat. */
async function pauseHolder(suite: TicketSuite, bookSeat: BookSeat): Promise<LeaseRace<Answer>> {
  await openBoxOffice(suite)
  const instances = await startTwo(suite, { bookSeat })
  const race = await suite.outliveLease({
    holder: () => instances.book(1),
    successor: () => instances.book(2),
    lock: 'lock:seat:*',
    write: 'UPDATE seats',
  })
  await instances.close()
  return race
}

test('redlock alone: a holder that is paused for longer than its lease books the seat of its successor', async ({ suite }) => {
  const race = await pauseHolder(suite, leaseOnly)

  const failure = messageOf(() => expect(race).toBeFenced())
  console.log(`\nThis is what the failing expectation says:\n\n${failure}\n`)
  expect(failure).toContain('A holder that had outlived its lease wrote after its successor, and it took effect (1 row).')
  expect(failure).toContain('participant 2: fulfilled with {"status":201')
  expect(failure).toContain('Send a token that rises with every lock along, and refuse an older one')
  // The customer of the successor was told that the seat is theirs.
  expect((await suite.postgres.query('SELECT booked_by FROM seats WHERE number = $1', ['A1'])).rows).toEqual([{ booked_by: 'customer 1' }])
  expect((await suite.postgres.query('SELECT FROM bookings')).rows).toHaveLength(2)
})

test('with a fencing token the late write is refused', async ({ suite }) => {
  const race = await pauseHolder(suite, fencedLock)

  expect(race).toBeFenced({ token: 'INCR fence:*' })
  expect((await suite.postgres.query('SELECT booked_by FROM seats WHERE number = $1', ['A1'])).rows).toEqual([{ booked_by: 'customer 2' }])
  expect((await suite.postgres.query('SELECT customer FROM bookings')).rows).toEqual([{ customer: 'customer 2' }])
})
