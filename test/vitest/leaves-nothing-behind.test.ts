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
const CONTROL = `
import pg from 'pg'
import { expect, test } from 'hotbed/vitest'

test('leaves servers as they should not be', async ({ suite, redis }) => {
  await suite.postgres.control.pause()
  await redis.control.limit({ connections: 3 })
  await redis.control.kill()
})
test('the next test does not meet them', async ({ suite }) => {
  expect(await suite.redis.send('CONFIG', 'GET', 'maxclients')).toEqual(['maxclients', '10000'])
  const client = new pg.Client({ connectionString: suite.postgres.url })
  await client.connect()
  expect((await client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
  await client.end()
})
test('a test that takes them back is a good one', async ({ suite }) => {
  await suite.postgres.control.kill()
  await suite.postgres.control.restart()
  await using _paused = await suite.redis.control.pause()
  await using _few = await suite.postgres.control.limit({ connections: 3 })
  expect((await suite.postgres.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
})
`

test('a server that a test leaves paused, killed or limited fails this test, and the next one goes without it', async () => {
  const project = consumer.project({
    'vitest.config.ts': config("{ postgres: {}, redis: {}, isolation: 'server' }"),
    'a.check.ts': CONTROL,
  })

  const { status, output } = await project.run()

  expect(output).toContain(
    [
      'The test ended with servers that it had acted on and not brought back:',
      '  - suite.postgres.control.pause()',
      '  - suite.redis.control.kill()',
      '  - suite.redis.control.limit({ connections: 3 })',
    ].join('\n'),
  )
  expect(output).toMatch(/1 failed \| 2 passed/)
  expect(status).toBe(1)
})

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
