import { expect, test } from 'vitest'
import { config, useConsumer } from './consumer.js'

const consumer = useConsumer()
const MIGRATION = { 'migrations/1.sql': 'CREATE TABLE notes (text text NOT NULL)' }

/** An application as most are: it reads its environment while it is imported. */
const APP = `
import pg from 'pg'
export const url = process.env.DATABASE_URL
export const pool = new pg.Pool({ connectionString: url })
pool.on('error', () => {})
`
const ENVIRONMENT =
  "{ postgres: { migrations: './migrations' }, redis: {}, env: { DATABASE_URL: 'postgres', REDIS_URL: 'redis', PGHOST: 'postgres.host', PGPORT: 'postgres.port' } }"

const APP_CHECK = `
import { afterAll } from 'vitest'
import { expect, test } from 'hotbed/vitest'
import { pool, url } from './app.js'
import { report } from './report.js'

test('reaches the stores of its file', async ({ suite }) => {
  expect(url).toBe(suite.postgres.url)
  expect(process.env.REDIS_URL).toBe(suite.redis.url)
  expect([process.env.PGHOST, process.env.PGPORT]).toEqual([suite.postgres.host, String(suite.postgres.port)])
  const { rows } = await pool.query('SELECT count(*)::int AS notes FROM notes')
  const keys = await suite.redis.send('DBSIZE')
  await pool.query("INSERT INTO notes VALUES ('mine')")
  await suite.redis.send('SET', 'mine', '1')
  report({ url, notes: rows[0].notes, keys })
})
`

test.each([[[]], [['--pool=threads']], [['--no-isolate']], [['--no-isolate', '--pool=threads']]])(
  'an application that reads its environment when it is imported has the URLs of the test file, with %j',
  async (args) => {
    const project = consumer.project({
      'vitest.config.ts': config(ENVIRONMENT),
      ...MIGRATION,
      'app.ts': APP,
      'a.check.ts': APP_CHECK,
      'b.check.ts': APP_CHECK,
      'c.check.ts': APP_CHECK,
    })

    const { status, output, reports } = await project.run(['--maxWorkers=1', ...args])

    expect(output).toContain('3 passed')
    expect(status).toBe(0)
    expect(reports.map(({ notes, keys }) => [notes, keys])).toEqual([
      [0, 0],
      [0, 0],
      [0, 0],
    ])
    // Modules that outlive a file keep the URL that they have read: then it stays, and the stores are brought back to the template.
    expect(new Set(reports.map(({ url }) => url)).size).toBe(args.includes('--no-isolate') ? 1 : 3)
    expect(project.leftovers()).toEqual([])
  },
)

test('setup files of the user find the environment ready, and expect of vitest has the matchers', async () => {
  const project = consumer.project({
    'vitest.config.ts': config(
      "{ postgres: { migrations: { run: ({ query }) => query('SELECT pg_sleep(1)') } }, redis: {}, env: { REDIS_URL: 'redis' } }",
      "setupFiles: './user-setup.ts'",
    ),
    'user-setup.ts': `
import { report } from './report.js'
report({ url: process.env.REDIS_URL })`,
    'a.check.ts': `
import { test } from 'hotbed/vitest'
import { expect } from 'vitest'
test('has the same', async ({ redis }) => {
  expect(process.env.REDIS_URL).toBe(redis.url)
  await redis.send('SET', 'a', '1', 'EX', 60)
  expect(await redis.inspect('*')).toHaveTtl({ min: 1, max: 60 })
})`,
  })

  const { status, output, reports } = await project.run()

  expect(output).toContain('1 passed')
  expect(status).toBe(0)
  expect(reports).toEqual([{ pid: expect.any(Number), url: expect.stringMatching(/^redis:/) }])
})

test.each(['stack', 'list', 'parallel'])(
  "a file's stores outlive its hooks and fixtures with sequence.hooks '%s', and not for long",
  async (order) => {
    const project = consumer.project({
      'vitest.config.ts': config('{ postgres: {} }', `sequence: { hooks: '${order}' }`),
      'a.check.ts': `
import pg from 'pg'
import { afterAll } from 'vitest'
import { test as base } from 'hotbed/vitest'
import { report } from './report.js'

const test = base.extend('pool', { scope: 'file' }, async ({ suite }, { onCleanup }) => {
  const pool = new pg.Pool({ connectionString: suite.postgres.url })
  onCleanup(async () => {
    report({ when: 'fixture ends', one: (await pool.query('SELECT 1 AS one')).rows[0].one })
    await pool.end()
  })
  return pool
})
let query
afterAll(async () => report({ when: 'afterAll', one: (await query('SELECT 1 AS one')).rows[0].one }))
test('has a pool', async ({ pool, postgres }) => {
  query = postgres.query
  report({ when: 'test', one: (await pool.query('SELECT 1 AS one')).rows[0].one, database: postgres.database })
})`,
      'b.check.ts': `
import { expect, test } from 'hotbed/vitest'
import { report } from './report.js'
test('looks', async ({ postgres }) => {
  const find = async () => (await postgres.query("SELECT 1 FROM pg_database WHERE datname = 'suite_1'")).rows
  await expect.poll(find).toEqual([])
  report({ when: 'next file' })
})`,
    })

    const { status, output, reports } = await project.run(['--maxWorkers=1', '--sequence.shuffle.files=false'])

    expect(output).toContain('2 passed')
    expect(output).not.toContain('Unhandled')
    expect(status).toBe(0)
    expect(reports.map(({ when, one }) => [when, one])).toEqual([
      ['test', 1],
      ['afterAll', 1],
      ['fixture ends', 1],
      ['next file', undefined],
    ])
    expect(reports[0]?.['database']).toBe('suite_1')
  },
)
