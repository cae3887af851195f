import { createTest, expect } from 'hotbed/vitest'
import { showFailure } from '../jobs/expecting-failure.js'
import { loseAnInstance } from './lose-an-instance.js'
import { logIn, stack, startOrders } from './start-orders.js'

const test = createTest(stack, { scope: 'test' })

test('sessions in memory: whoever logs in at one instance is a stranger at the others', async ({ suite }) => {
  await using app = await startOrders(suite, 'broken', 3)
  const cookie = await logIn(app)

  const comparison = await app.compareInstances({ path: '/me', headers: { cookie } })

  const failure = showFailure(() => expect(comparison).toAnswerAlike())
  expect(failure).toContain('GET /me: the 3 instances do not answer alike.')
  expect(failure).toContain('instance 1  200 {"user":"ada"}  (asked no store)')
  expect(failure).toContain('answered without asking a store: a session is kept in its process.')
})

test('orders in batches: what an instance has accepted dies with it', async ({ suite }) => {
  await using app = await startOrders(suite, 'broken', 2)

  const { accepted, lost } = await loseAnInstance(suite, app)

  const failure = showFailure(() => expect(lost, `of ${accepted.length} accepted orders these are not in the table`).toEqual([]))
  expect(failure).toMatch(/^of \d+ accepted orders these are not in the table: expected \[.+\] to deeply equal \[\]$/m)
  expect(lost.length).toBeGreaterThan(0)
})
