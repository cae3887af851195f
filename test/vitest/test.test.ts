import { expect, test } from 'vitest'
import { config, useConsumer } from './consumer.js'

const consumer = useConsumer()

test("with scope 'test' every test and every retry has a suite of its own", async () => {
  const project = consumer.project({
    'vitest.config.ts': config("{ postgres: {}, scope: 'test' }"),
    'a.check.ts': `
import { expect, test } from 'hotbed/vitest'
import { report } from './report.js'
let attempt = 0
test('fails once', { retry: 1 }, async ({ postgres }) => {
  attempt += 1
  report({ database: postgres.database })
  await postgres.query('CREATE TABLE made (id int)')
  expect(attempt).toBe(2)
})
test('is another', async ({ postgres, suite }) => {
  await postgres.query('CREATE TABLE made (id int)')
  expect(suite.postgres.url).toBe(postgres.url)
  report({ database: postgres.database })
})
test('the databases before are gone', async ({ postgres }) => {
  const { rows } = await postgres.query("SELECT datname FROM pg_database WHERE datname IN ('suite_1', 'suite_2')")
  report({ database: postgres.database, left: rows.length })
})`,
  })

  const { status, output, reports } = await project.run()

  expect(output).toContain('3 passed')
  expect(status).toBe(0)
  expect(new Set(reports.map(({ database }) => database)).size).toBe(4)
  expect(reports.at(-1)?.['left']).toBe(0)
  expect(project.leftovers()).toEqual([])
})

test('with --retry the suite of a file is the same at every attempt', async () => {
  const project = consumer.project({
    'vitest.config.ts': config('{ postgres: {} }'),
    'a.check.ts': `
import { expect, test } from 'hotbed/vitest'
import { report } from './report.js'
let attempt = 0
test('passes at the third attempt', async ({ postgres }) => {
  attempt += 1
  await postgres.query('CREATE TABLE IF NOT EXISTS attempts (number int)')
  await postgres.query('INSERT INTO attempts VALUES ($1)', [attempt])
  const { rows } = await postgres.query('SELECT array_agg(number) AS numbers FROM attempts')
  report({ numbers: String(rows[0].numbers) })
  expect(attempt).toBe(3)
})`,
  })

  const { status, output, reports } = await project.run(['--retry=2'])

  expect(output).toContain('1 passed')
  expect(status).toBe(0)
  expect(reports.map(({ numbers }) => numbers)).toEqual(['1', '1,2', '1,2,3'])
})

test("isolation 'server' gives every file a Postgres of its own, whose settings it may change", async () => {
  const check = `
import { expect, test } from 'hotbed/vitest'
import { report } from './report.js'
test('tells', async ({ postgres }) => report({ port: postgres.dataDirectory }))`
  const project = consumer.project({
    'vitest.config.ts': config("{ postgres: {}, isolation: 'server' }"),
    'a.check.ts': check,
    'b.check.ts': check,
  })

  const { status, reports } = await project.run()

  expect(status).toBe(0)
  expect(new Set(reports.map(({ port }) => port)).size).toBe(2)
  expect(project.leftovers()).toEqual([])
})

test("isolation 'rollback' gives every test a transaction that is rolled back, on one client", async () => {
  const project = consumer.project({
    'vitest.config.ts': config("{ postgres: { migrations: './migrations' }, redis: {}, isolation: 'rollback' }"),
    'migrations/1.sql': 'CREATE TABLE notes (text text)',
    'a.check.ts': `
import { expect, test } from 'hotbed/vitest'
import { report } from './report.js'
for (const name of ['one', 'two']) {
  test(name, async ({ postgres, redis }) => {
    expect(() => postgres.url).toThrow('ERR_HOTBED_ISOLATION')
    const { rows } = await postgres.client.query('SELECT count(*)::int AS notes FROM notes')
    report({ database: postgres.database, notes: rows[0].notes, keys: await redis.send('DBSIZE') })
    await postgres.client.query("INSERT INTO notes VALUES ('mine')")
    await redis.send('SET', 'mine', '1')
  })
}`,
  })

  const { status, output, reports } = await project.run()

  expect(output).toContain('2 passed')
  expect(status).toBe(0)
  expect(reports.map(({ notes, keys }) => [notes, keys])).toEqual([
    [0, 0],
    [0, 0],
  ])
  expect(new Set(reports.map(({ database }) => database)).size).toBe(1)
  expect(project.leftovers()).toEqual([])
})

test('a store that the stack does not have is refused with what to add', async () => {
  const project = consumer.project({
    'vitest.config.ts': config('{ postgres: {} }'),
    'a.check.ts': "import { test } from 'hotbed/vitest'\ntest('asks for Redis', ({ redis }) => { void redis })",
  })

  const { status, output } = await project.run()

  expect(status).toBe(1)
  expect(output).toContain('The stack of this vitest project has no redis. [ERR_HOTBED_OPTION]')
  expect(output).toContain('→ Add redis: {} to the options of hotbed() in its config.')
})

test('an error of Postgres comes with its fields and points to the line of the test', async () => {
  const project = consumer.project({
    'vitest.config.ts': config('{ postgres: {} }'),
    'a.check.ts': `import { expect, test } from 'hotbed/vitest'
import { report } from './report.js'
test('has fields', async ({ postgres }) => {
  const error = await postgres.query('SELECT 1 + nothing').catch((error) => error)
  report({ code: error.code, position: error.position })
})
test('has a line', async ({ postgres }) => {
  await postgres.query('SELEC 1')
})`,
  })

  const { output, reports } = await project.run()

  expect(reports).toEqual([{ pid: expect.any(Number), code: '42703', position: '12' }])
  expect(output).toContain('syntax error at or near "SELEC"')
  expect(output).toContain('❯ a.check.ts:8:18')
})
