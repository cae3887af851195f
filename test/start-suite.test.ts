import { existsSync, readdirSync } from 'node:fs'
import pg from 'pg'
import { describe, expect, test, vi } from 'vitest'
import { startSuite, type SuiteOptions } from '../src/start-suite.js'
import type { StackDefinition } from '../src/databases/stack.js'
import { makeFolder } from './databases/place.js'
import { SOON, useRunParent } from './primitives/child.js'

const runs = useRunParent()

describe('a stack', () => {
  test('without Redis has none, and starts none', async () => {
    await using suite = await startSuite({ postgres: {} })
    expect(suite.redis).toBeUndefined()
    expect('redis' in suite).toBe(true)
    expect((await suite.postgres.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
    expect(readdirSync(runs())).toHaveLength(1)
  })

  test('without Postgres has none, and starts none', async () => {
    await using suite = await startSuite({ redis: {} })
    expect(suite.postgres).toBeUndefined()
    expect(await suite.redis.send('PING')).toBe('PONG')
    expect(readdirSync(runs())).toHaveLength(1)
    await suite.reset()
  })

  test('may name its databases with quotes, blanks and letters beyond ASCII', async () => {
    const database = `it's "my" app & größe / 100%`
    await using suite = await startSuite({ postgres: { database } })
    expect(suite.postgres.database).toMatch(/^it's "my" app & größe \/ 100%_\d+$/)
    for (const url of [suite.postgres.url, suite.postgres.adminUrl]) {
      const client = new pg.Client(url)
      await client.connect()
      expect((await client.query('SELECT current_database() AS name')).rows).toEqual([{ name: suite.postgres.database }])
      await client.end()
    }
    await suite.reset()
    expect((await suite.postgres.query('SELECT current_database() AS name')).rows).toEqual([{ name: suite.postgres.database }])
  })

  test.each<[unknown, unknown, string]>([
    [{ postgres: { migratoins: 'x' } }, {}, "postgres has no option 'migratoins'. [ERR_HOTBED_OPTION]\n  → Did you mean 'migrations'?"],
    [{ redis: { modul: [] } }, {}, "redis has no option 'modul'. [ERR_HOTBED_OPTION]\n  → Did you mean 'modules'?"],
    [{ postgres: {} }, { isolaton: 'server' }, "startSuite has no option 'isolaton'. [ERR_HOTBED_OPTION]\n  → Did you mean 'isolation'?"],
    [
      { postgres: {} },
      { isolation: 'servers' },
      `Option 'isolation' must be 'clone', 'server' or 'rollback', but is "servers". [ERR_HOTBED_OPTION]`,
    ],
  ])('with a mistake (%o, %o) is refused before anything is started', async (stack, options, message) => {
    const starting = startSuite(stack as StackDefinition, options as SuiteOptions)
    expect(readdirSync(runs())).toEqual([])
    await expect(starting).rejects.toMatchObject({ code: 'ERR_HOTBED_OPTION', message })
  })

  test('whose folder does not exist is refused before anything is started', async () => {
    await expect(startSuite({ postgres: { migrations: './nowhere' } })).rejects.toThrow(
      /Option 'postgres\.migrations' names '\.\/nowhere', but there is no such file or folder \(looked at .*\/nowhere\)\. \[ERR_HOTBED_OPTION\]/,
    )
    expect(readdirSync(runs())).toEqual([])
  })
})

describe('a start that fails', () => {
  test('in Postgres ends the Redis that was started meanwhile', async () => {
    const migrations = makeFolder({ '1.sql': 'SELECT nonsense' })
    await expect(startSuite({ postgres: { migrations }, redis: {} })).rejects.toMatchObject({ code: 'ERR_HOTBED_MIGRATION' })
  })

  test('in Redis ends the Postgres that was started meanwhile', async () => {
    await expect(startSuite({ postgres: {}, redis: { config: { 'no-such-directive': 1 } } })).rejects.toMatchObject({
      code: 'ERR_HOTBED_OPTION',
    })
  })

  test('for want of a place says so, and not that something could not be ended', async () => {
    vi.stubEnv('HOTBED_RUN_DIRECTORY', `${runs()}/nowhere`)
    await expect(startSuite({ postgres: {}, redis: {} })).rejects.toThrow(/nowhere: does not exist \[ERR_HOTBED_RUN_DIRECTORY\]/)
    await expect(startSuite({ redis: {} })).rejects.toThrow(/nowhere: does not exist \[ERR_HOTBED_RUN_DIRECTORY\]/)
    vi.stubEnv('HOTBED_RUN_DIRECTORY', runs())
    await using suite = await startSuite({ redis: {} })
    expect(await suite.redis.send('PING')).toBe('PONG')
  })

  test('does not harm a suite that is open, nor the next one', async () => {
    const migrations = makeFolder({ '1.sql': 'SELECT nonsense' })
    await using open = await startSuite({ postgres: {} })
    await expect(startSuite({ postgres: { migrations } })).rejects.toMatchObject({ code: 'ERR_HOTBED_MIGRATION' })
    await using next = await startSuite({ postgres: {} })
    expect((await open.postgres.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
    expect(next.postgres.dataDirectory).toBe(open.postgres.dataDirectory)
  })
})

describe('stacks', () => {
  test('that are the same share a Postgres also when they are started at once', async () => {
    const opened = await Promise.all(Array.from({ length: 5 }, () => startSuite({ postgres: {} })))
    expect(new Set(opened.map(({ postgres }) => postgres.dataDirectory)).size).toBe(1)
    await Promise.all(opened.map((suite) => suite.dispose()))
  })

  test('with other settings have another', async () => {
    const migrations = makeFolder({ '1.sql': 'CREATE TABLE a ()' })
    const [one, two, three] = await Promise.all([
      startSuite({ postgres: {} }),
      startSuite({ postgres: { settings: { work_mem: '7MB' } } }),
      startSuite({ postgres: { migrations } }),
    ])
    expect((await two.postgres.query('SHOW work_mem')).rows).toEqual([{ work_mem: '7MB' }])
    expect((await three.postgres.query('SELECT * FROM a')).rows).toEqual([])
    await expect(one.postgres.query('SELECT * FROM a')).rejects.toThrow('relation "a" does not exist')
    await Promise.all([one, two, three].map((suite) => suite.dispose()))
  })
})

describe("isolation 'server'", () => {
  test('has a Postgres of its own, whose settings can be changed, and which can be stopped', async () => {
    await using shared = await startSuite({ postgres: {} })
    const own = await startSuite({ postgres: {} }, { isolation: 'server' })
    expect(own.postgres.dataDirectory).not.toBe(shared.postgres.dataDirectory)
    const admin = new pg.Client(own.postgres.adminUrl)
    await admin.connect()
    await admin.query("ALTER SYSTEM SET work_mem = '9MB'")
    await admin.query('SELECT pg_reload_conf()')
    await admin.end()
    await expect.poll(async () => (await own.postgres.query('SHOW work_mem')).rows, SOON).toEqual([{ work_mem: '9MB' }])
    expect((await shared.postgres.query('SHOW work_mem')).rows).toEqual([{ work_mem: '4MB' }])
    await own.postgres.query('CREATE TABLE a ()')
    await own.reset()
    await expect(own.postgres.query('SELECT * FROM a')).rejects.toThrow('relation "a" does not exist')
    const { dataDirectory = '' } = own.postgres
    await own.dispose()
    expect(existsSync(dataDirectory)).toBe(false)
    expect((await shared.postgres.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
  })

  test('leaves nothing when its start fails', async () => {
    const migrations = makeFolder({ '1.sql': 'SELECT nonsense' })
    await expect(startSuite({ postgres: { migrations } }, { isolation: 'server' })).rejects.toMatchObject({ code: 'ERR_HOTBED_MIGRATION' })
  })
})

test("the developer's own PG variables have no say", async () => {
  vi.stubEnv('PGOPTIONS', '-c search_path=nowhere')
  vi.stubEnv('PGSSLMODE', 'require')
  vi.stubEnv('PGHOST', '192.0.2.1')
  vi.stubEnv('PGUSER', 'somebody')
  vi.stubEnv('PGDATABASE', 'somewhere')
  await using suite = await startSuite({ postgres: {} })
  expect((await suite.postgres.query("SELECT current_setting('search_path') AS path, current_user AS who")).rows).toEqual([
    { path: '"$user", public', who: suite.postgres.user },
  ])
})
