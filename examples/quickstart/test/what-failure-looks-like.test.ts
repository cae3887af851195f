import { expect, test } from 'hotbed/vitest'
import { RECENT_ORDERS } from '../src/app.js'

test('without its index the hot query fails with a message that says why', async ({ postgres }) => {
  // This file has a database of its own: the other test file still has the index.
  await postgres.query('DROP INDEX orders_user_id_created_at_idx')
  const plan = await postgres.explain(RECENT_ORDERS, [1])

  const failure = messageOf(() => expect(plan).toUseIndex({ table: 'orders', columns: ['user_id', 'created_at DESC'] }))

  console.log(`\nThis is what a failing expectation says:\n\n${failure}\n`)
  expect(failure).toContain('Seq Scan on orders')
})

function messageOf(expectation: () => void): string {
  try {
    expectation()
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
  throw new Error('The expectation should have failed.')
}
