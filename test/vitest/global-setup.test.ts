import { expect, test } from 'vitest'
import { config, useConsumer } from './consumer.js'

const consumer = useConsumer()
const STACK = "{ postgres: { migrations: './migrations' }, redis: {} }"
const MIGRATION = { 'migrations/1.sql': 'CREATE TABLE notes (text text NOT NULL)' }

/** Writes to both stores and tells what it found there before. */
const WRITER = `
import { expect, test } from 'hotbed/vitest'
import { report } from './report.js'

test('writes', async ({ postgres, redis }) => {
  const { rows } = await postgres.query('SELECT count(*)::int AS notes FROM notes')
  const keys = await redis.send('DBSIZE')
  await postgres.query("INSERT INTO notes VALUES ('mine')")
  await redis.send('SET', 'mine', '1')
  report({ database: postgres.database, port: new URL(postgres.directUrl).port, redisPort: redis.port, notes: rows[0].notes, keys })
})
`

function writers(count: number): Readonly<Record<string, string>> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`${index}.check.ts`, WRITER]))
}

test.each(['threads', 'forks', 'vmThreads'])(
  'with --pool %s every file has stores of its own, and all files have one Postgres server',
  async (pool) => {
    const project = consumer.project({ 'vitest.config.ts': config(STACK), ...MIGRATION, ...writers(6) })

    const { status, output, reports } = await project.run([`--pool=${pool}`, '--maxWorkers=2'])

    expect(output).toContain('6 passed')
    expect(status).toBe(0)
    expect(new Set(reports.map(({ database }) => database)).size).toBe(6)
    expect(new Set(reports.map(({ port }) => port)).size).toBe(1)
    expect(reports.map(({ notes, keys }) => [notes, keys])).toEqual(Array.from({ length: 6 }, () => [0, 0]))
    expect(project.leftovers()).toEqual([])
  },
)

test('a shard runs with servers of its own', async () => {
  const project = consumer.project({ 'vitest.config.ts': config(STACK), ...MIGRATION, ...writers(2) })

  const [first, second] = [await project.run(['--shard=1/2']), await project.run(['--shard=2/2'])]

  expect([first.status, second.status]).toEqual([0, 0])
  expect([first.reports.length, second.reports.length]).toEqual([1, 1])
  expect(project.leftovers()).toEqual([])
})

test('projects of one workspace share a server, whether their stacks are the same or not, and a plain project is left alone', async () => {
  const told = `
import { test } from 'hotbed/vitest'
import { report } from '../report.js'
test('tells', async ({ postgres }) => {
  const { rows } = await postgres.query("SELECT string_agg(tablename, ' ' ORDER BY tablename) AS tables FROM pg_tables WHERE schemaname = 'public'")
  report({ port: new URL(postgres.directUrl).port, database: postgres.database, tables: rows[0].tables })
})`
  const project = consumer.project({
    'vitest.config.ts': `
import { hotbed } from 'hotbed/vitest/plugin'
import { defineConfig } from 'vitest/config'
const named = (name, plugins) => ({ plugins, test: { name, include: [name + '/*.check.ts'] } })
export default defineConfig({ test: { projects: [
  named('one', [hotbed({ postgres: { migrations: './migrations' } })]),
  named('same', [hotbed({ postgres: { migrations: './migrations' } })]),
  named('more', [hotbed({ postgres: { migrations: ['./migrations', './more'] }, summary: true })]),
  named('plain', []),
] } })`,
    ...MIGRATION,
    'more/2.sql': 'CREATE TABLE tags (name text)',
    'one/a.check.ts': told,
    'same/a.check.ts': told,
    'more/a.check.ts': told,
    'plain/a.check.ts': "import { expect, test } from 'vitest'\ntest('plain', () => expect(1).toBe(1))",
    'plain/b.check.ts': "import { test } from 'hotbed/vitest'\ntest('has no stack', ({ postgres }) => { void postgres })",
  })

  const { status, output, reports } = await project.run()

  expect(status).toBe(1)
  expect(output).toContain('1 failed | 4 passed')
  expect(output).toContain('This vitest project does not have the plugin of hotbed, so its tests have no stack. [ERR_HOTBED_RUN_SERVER]')
  expect(output).toContain('or make test with createTest({ postgres: {}, redis: {} }).')
  expect(reports.map(({ tables }) => String(tables)).toSorted((a, b) => a.localeCompare(b))).toEqual(['notes', 'notes', 'notes tags'])
  expect(new Set(reports.map(({ database }) => database)).size).toBe(3)
  expect(new Set(reports.map(({ port }) => port)).size).toBe(1)
  // Printed once, by the last project that ends. The line carries a count when there was more than one.
  expect(output.match(/start postgres .*/g)).toHaveLength(1)
  expect(output).not.toMatch(/start postgres \(/)
  expect(project.leftovers()).toEqual([])
})

test('a project that inherits the config has the plugin once', async () => {
  const project = consumer.project({
    'vitest.config.ts': config('{ postgres: {} }', "projects: [{ extends: true, test: { name: 'heir' } }]"),
    'a.check.ts': `
import { test } from 'hotbed/vitest'
import { report } from './report.js'
test('tells', ({ postgres }) => report({ database: postgres.database }))`,
  })

  const { status, output, reports } = await project.run()

  expect(output).toContain('1 passed')
  expect(status).toBe(0)
  expect(reports).toHaveLength(1)
  expect(project.leftovers()).toEqual([])
})

test('a migration that fails fails the files that need it with its error, and plain files pass', async () => {
  const project = consumer.project({
    'vitest.config.ts': config(STACK),
    'migrations/1.sql': 'CREATE TABEL notes ()',
    'a.check.ts': WRITER,
    'plain.check.ts': "import { expect, test } from 'vitest'\ntest('plain', () => expect(1).toBe(1))",
  })

  const { status, output } = await project.run()

  expect(status).toBe(1)
  expect(output).toContain('1 failed | 1 passed')
  expect(output).toContain('ERR_HOTBED_MIGRATION')
  expect(output).toContain('1.sql')
  expect(project.leftovers()).toEqual([])
})

test('making the template does not count against the timeout of a test', async () => {
  const project = consumer.project({
    'vitest.config.ts': config("{ postgres: { migrations: { run: ({ query }) => query('SELECT pg_sleep(2)') } } }", 'testTimeout: 1_000'),
    'a.check.ts': "import { test } from 'hotbed/vitest'\ntest('is quick', ({ postgres }) => { void postgres })",
  })

  const { status, output } = await project.run()

  expect(output).toContain('1 passed')
  expect(status).toBe(0)
})

test("keep: 'on-failure' is refused with --no-isolate", async () => {
  const project = consumer.project({ 'vitest.config.ts': config("{ postgres: {}, keep: 'on-failure' }"), 'a.check.ts': WRITER })

  const { status, output } = await project.run(['--no-isolate'])

  expect(status).toBe(1)
  expect(output).toContain("keep: 'on-failure' needs test files that are isolated")
  expect(output).toContain('[ERR_HOTBED_ISOLATION]')
  expect(project.leftovers()).toEqual([])
})

test('without the plugin its global setup says what to use instead', async () => {
  const project = consumer.project({
    'vitest.config.ts': `
import { defineConfig } from 'vitest/config'
export default defineConfig({ test: { include: ['*.check.ts'], globalSetup: ['../node_modules/hotbed/dist/vitest/global-setup.js'] } })`,
    'a.check.ts': WRITER,
  })

  const { status, output } = await project.run()

  expect(status).toBe(1)
  expect(output).toContain('The global setup of hotbed runs without its plugin. [ERR_HOTBED_RUN_SERVER]')
})
