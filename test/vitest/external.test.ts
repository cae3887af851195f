import { expect, test } from 'vitest'
import { startForeignPostgres } from '../servers/postgres/external/foreign-postgres.js'
import { config, useConsumer } from './consumer.js'

const consumer = useConsumer()

test('the plugin gives the files of several workers databases on a server that exists; what is kept of a failed one is told without a password', async () => {
  const foreign = await startForeignPostgres()
  await foreign.query("CREATE ROLE maker LOGIN CREATEDB PASSWORD 'hunter2'")
  const url = foreign.url({ user: 'maker', password: 'hunter2' })
  const check = (name: string, fails: boolean): string => `
import { expect, test } from 'hotbed/vitest'
import pg from 'pg'
import { report } from './report.js'
test('${name}', async ({ postgres, suite }) => {
  const client = new pg.Client(postgres.url)
  await client.connect()
  const recording = await suite.record(() => client.query('SELECT 1'))
  await client.end()
  report({ database: postgres.database, statements: recording.statements.length })
  expect(${fails}).toBe(false)
})`
  const project = consumer.project({
    'vitest.config.ts': config(`{ postgres: { provider: { url: '${url}' } }, keep: 'on-failure' }`),
    'a.check.ts': check('one', false),
    'b.check.ts': check('two', true),
  })
  const { status, output, reports } = await project.run()
  expect(status).toBe(1)
  expect(output).toContain('1 passed')
  expect(new Set(reports.map(({ database }) => database)).size).toBe(2)
  expect(reports.map(({ statements }) => statements)).toEqual([1, 1])
  const kept = (await foreign.databases()).filter((name) => name.startsWith('hotbed_'))
  expect(kept).toHaveLength(1)
  expect(output).toContain(`It stays there until somebody says: DROP DATABASE "${kept[0]}"`)
  expect(output).not.toContain('hunter2')
})
