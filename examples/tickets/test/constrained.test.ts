import { createTest, expect } from 'hotbed/vitest'
import { uniqueConstraint } from '../src/seats/unique-constraint.js'
import { openBoxOffice } from './box-office.js'
import { failuresOfFifty } from './fifty.js'
import { startTwo } from './instances.js'
import { ONE_BOOKING_A_SEAT } from './invariants.js'
import { constrained } from './stacks.js'
import { statusesOf } from './statuses-of.js'

const test = createTest(constrained)

test('a unique index: in 0 of 50 races a seat is booked twice, whatever the code has read', async ({ suite }) => {
  const instances = await startTwo(suite, { bookSeat: uniqueConstraint })

  const failures = await failuresOfFifty(
    async () => {
      await openBoxOffice(suite)
      return suite.overlap(2, (instance) => instances.book(instance), { at: 'UPDATE seats', invariant: ONE_BOOKING_A_SEAT })
    },
    (race) => {
      expect(race).toNeverOversell({ capacity: 1 })
      expect(statusesOf(race)).toBe('201, 409')
    },
  )
  await instances.close()

  expect(failures).toEqual([])
})
