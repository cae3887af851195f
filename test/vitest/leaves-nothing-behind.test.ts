import { expect, test } from 'vitest'
import { config, useConsumer } from './consumer.js'

const consumer = useConsumer()

const RULE = `
import { hold } from 'hotbed'
import { expect, test } from 'hotbed/vitest'

test('leaves a rule', async ({ suite }) => {
  await suite.intercept('SET cart:*', hold())
})
test('the next test is not held by it', async ({ suite }) => {
  expect(await suite.redis.send('SET', 'cart:1', 'x')).toBe('OK')
})
`
const TRANSACTION = `
import pg from 'pg'
import { expect, test } from 'hotbed/vitest'

test('leaves a transaction open', async ({ postgres }) => {
  const client = new pg.Client({ connectionString: postgres.url, application_name: 'orders-api' })
  await client.connect()
  await client.query('BEGIN')
  expect(1).toBe(1)
})
`

test('a rule that outlives its test fails this test, and the next one goes without it', async () => {
  const project = consumer.project({ 'vitest.config.ts': config('{ redis: {} }'), 'a.check.ts': RULE })

  const { status, output } = await project.run()

  expect(output).toContain('The test ended with rules that it did not remove:')
  expect(output).toContain('- SET cart:* → hold')
  expect(output).toMatch(/1 failed \| 1 passed/)
  expect(status).toBe(1)
})

test('a test file that leaves a transaction open fails, unless the check is switched off', async () => {
  const project = consumer.project({ 'vitest.config.ts': config('{ postgres: {} }'), 'a.check.ts': TRANSACTION })

  const { status, output } = await project.run()

  expect(output).toContain("connection 1 to Postgres ('orders-api') is in an open transaction")
  expect(status).toBe(1)

  project.write({ 'vitest.config.ts': config('{ postgres: {}, leavesNothingBehind: false }') })
  expect((await project.run()).status).toBe(0)
})
