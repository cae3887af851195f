import { measureGrowth, type SuitePostgres } from 'hotbed'
import { expect } from 'hotbed/vitest'
import * as broken from '../src/order-list/broken.js'
import * as repaired from '../src/order-list/repaired.js'
import { messageOf } from './message-of.js'
import { test } from './shop-test.js'

const SIZES = [1, 10, 100]

/** The orders of the user who has the most, more than a hundred. */
async function busiestUser(postgres: SuitePostgres): Promise<string> {
  const { rows } = await postgres.query<{ user_id: string }>('SELECT user_id FROM orders GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1')
  return `/users/${rows[0]?.user_id}/orders`
}

test('broken: the statements grow with the orders on the page', async ({ suite, postgres, start }) => {
  const orders = await busiestUser(postgres)
  const app = await start(broken.orderList)

  const growth = await measureGrowth(
    { seed: () => undefined, act: (first) => suite.record(() => app.inject(`${orders}?first=${first}`)) },
    SIZES,
  )
  const page = await suite.record(() => app.inject(orders))

  const failure = messageOf(() => expect(growth).toGrowAtMost('O(1)', { measure: 'statements' }))
  const repeated = messageOf(() => expect(page).not.toRepeatStatement())
  console.log(`\nThis is what N+1 says:\n\n${failure}\n\n${repeated}\n`)
  expect(failure).toContain('statements as O(n)')
  expect(failure).toContain('Ask once for all of them')
  expect(repeated).toContain('The recording repeats 2 statements.')
})

test('repaired: one statement, however many orders', async ({ suite, postgres, start }) => {
  const orders = await busiestUser(postgres)
  const app = await start(repaired.orderList)

  const growth = await measureGrowth(
    { seed: () => undefined, act: (first) => suite.record(() => app.inject(`${orders}?first=${first}`)) },
    SIZES,
  )
  const page = await suite.record(() => app.inject(orders))

  expect(growth).toGrowAtMost('O(1)', { measure: ['statements', 'roundTrips'] })
  expect(page).toExecuteStatements(1)
  expect(page).toHaveRoundTrips({ postgres: { max: 1 } })
  expect(page).not.toRepeatStatement()
})

test('both show the same', async ({ postgres, start }) => {
  const orders = await busiestUser(postgres)
  const pages = await Promise.all([broken, repaired].map(async ({ orderList }) => (await start(orderList)).inject(`${orders}?first=100`)))

  const [one, other] = pages.map((page) => page.json<readonly unknown[]>())
  expect(one).toHaveLength(100)
  expect(other).toEqual(one)
})
