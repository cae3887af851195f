import { createTest, expect } from 'hotbed/vitest'
import { uniqueConstraint } from '../src/seats/unique-constraint.js'
import { openBoxOffice } from './box-office.js'
import { countOfFifty } from './fifty.js'
import { startTwo } from './instances.js'
import { constrained } from './stacks.js'
import { statusesOf } from './statuses-of.js'

const test = createTest(constrained)

test('a unique index: in 0 of 50 races a seat is booked twice, whatever the code has read', async ({ suite }) => {
  const instances = await startTwo(suite, { bookSeat: uniqueConstraint })

  const overbooked = await countOfFifty(async () => {
    await openBoxOffice(suite)
    const race = await suite.overlap(2, (instance) => instances.book(instance), { at: 'UPDATE seats' })
    return statusesOf(race) !== '201, 409'
  })
  await instances.close()

  expect(overbooked).toBe(0)
})
