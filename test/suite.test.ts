import { existsSync } from 'node:fs'
import { createClient } from '@redis/client'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { startSuite } from '../src/start-suite.js'
import type { Suite } from '../src/suite.js'
import { makeFolder } from './databases/place.js'
import { SOON } from './primitives/child.js'

const migrations = makeFolder({
  '1.sql': `CREATE TABLE orders (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, note text);
    INSERT INTO orders (note) VALUES ('first'), ('second');`,
})

const stack = { postgres: { migrations }, redis: {} } as const

/** Holds the servers while the tests start and end suites of their own. */
let holder: Suite<typeof stack>
const suites: Suite<typeof stack>[] = []
const pools: pg.Pool[] = []

beforeAll(async () => {
  holder = await startSuite(stack)
})
afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.end()))
  await Promise.all(suites.splice(0).map((suite) => suite.dispose()))
})
afterAll(() => holder?.dispose())

async function start(): Promise<Suite<typeof stack>> {
  const suite = await startSuite(stack)
  suites.push(suite)
  return suite
}

function makePool(url: string, max = 3): pg.Pool {
  const pool = new pg.Pool({ connectionString: url, max })
  pool.on('error', () => {})
  pools.push(pool)
  return pool
}

async function notes({ postgres }: Suite<typeof stack>): Promise<readonly unknown[]> {
  return (await postgres.query<{ note: string }>('SELECT note FROM orders ORDER BY id')).rows.map(({ note }) => note)
}

async function databases(): Promise<readonly string[]> {
  const client = new pg.Client(holder.postgres.adminUrl)
  await client.connect()
  const { rows } = await client.query<{ datname: string }>('SELECT datname FROM pg_database')
  await client.end()
  return rows.map(({ datname }) => datname)
}

describe('suites', () => {
  test('share a Postgres, have a database and a Redis each, and do not see each other', async () => {
    const [one, two] = await Promise.all([start(), start()])
    await one.postgres.query("INSERT INTO orders (note) VALUES ('of one')")
    await one.redis.send('SET', 'key', 'of one')

    expect(await notes(one)).toEqual(['first', 'second', 'of one'])
    expect(await notes(two)).toEqual(['first', 'second'])
    expect(await two.redis.send('GET', 'key')).toBeNull()
    expect(one.postgres.dataDirectory).toBe(two.postgres.dataDirectory)
    expect(one.postgres.database).not.toBe(two.postgres.database)
    expect(one.redis.port).not.toBe(two.redis.port)
  })

  test('are used by applications through their URLs', async () => {
    const { postgres, redis } = await start()
    const pool = makePool(postgres.url)
    await pool.query("INSERT INTO orders (note) VALUES ('by the app')")
    expect((await postgres.query('SELECT count(*)::int AS n FROM orders')).rows).toEqual([{ n: 3 }])
    const client = createClient({ url: redis.url })
    await client.connect()
    await client.set('a', '1')
    expect(await redis.send('GET', 'a')).toBe('1')
    await client.close()
  })

  test('can be opened by the dozen at once', async () => {
    const opened = await Promise.all(Array.from({ length: 20 }, start))
    expect(new Set(opened.map(({ postgres }) => postgres.database)).size).toBe(20)
    expect(new Set(opened.map(({ redis }) => redis.port)).size).toBe(20)
    expect(new Set(opened.map(({ postgres }) => postgres.dataDirectory)).size).toBe(1)
    for (const contents of await Promise.all(opened.map(notes))) expect(contents).toEqual(['first', 'second'])
  })

  test('log in as an owner that is no superuser and is subject to row level security', async () => {
    const { postgres } = await start()
    await postgres.query(`
      ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
      ALTER TABLE orders FORCE ROW LEVEL SECURITY;
      CREATE POLICY only_first ON orders USING (note = 'first')`)
    const { rows } = await makePool(postgres.url).query(
      'SELECT note, current_user AS who, rolsuper FROM orders, pg_roles WHERE rolname = current_user',
    )
    expect(rows).toEqual([{ note: 'first', who: postgres.user, rolsuper: false }])
    const admin = await makePool(postgres.adminUrl).query('SELECT count(*)::int AS n, current_user AS who FROM orders')
    expect(admin.rows).toEqual([{ n: 2, who: 'postgres' }])
  })

  test('may do what the main user of a managed service may', async () => {
    const { postgres } = await start()
    const role = `reader_${process.pid}`
    const work = `CREATE ROLE ${role}; CREATE SCHEMA app; CREATE EXTENSION pg_trgm; GRANT SELECT ON orders TO ${role}; REVOKE SELECT ON orders FROM ${role}; DROP ROLE ${role}`
    expect(await postgres.query(work)).toMatchObject({ command: 'DROP' })
  })
})

describe('a reset', () => {
  test('brings tables, sequences, keys and settings back, under the same URLs', async () => {
    const suite = await start()
    await suite.postgres.query(
      `DELETE FROM orders WHERE id = 1; INSERT INTO orders (note) VALUES ('third'); CREATE TABLE extra (); CREATE SCHEMA more`,
    )
    await suite.redis.send('SET', 'a', 1)
    await suite.redis.send('CONFIG', 'SET', 'maxmemory', '64mb')
    const before = { ...suite.redis, database: suite.postgres.database, port: suite.postgres.port }

    await suite.reset()

    expect(await notes(suite)).toEqual(['first', 'second'])
    expect((await suite.postgres.query(`INSERT INTO orders (note) VALUES ('again') RETURNING id`)).rows).toEqual([{ id: 3 }])
    expect((await suite.postgres.query(`SELECT to_regclass('extra') AS extra, to_regnamespace('more') AS more`)).rows).toEqual([
      { extra: null, more: null },
    ])
    expect(await suite.redis.send('DBSIZE')).toBe(0)
    expect(await suite.redis.send('CONFIG', 'GET', 'maxmemory')).toEqual(['maxmemory', '0'])
    expect((await suite.postgres.query('SELECT current_database() AS name')).rows).toEqual([{ name: before.database }])
    expect({ ...suite.redis, database: suite.postgres.database, port: suite.postgres.port }).toEqual(before)
    const { rows } = await makePool(suite.postgres.url).query('SELECT count(*)::int AS n FROM orders')
    expect(rows).toEqual([{ n: 3 }])
  })

  test('ends the sessions of the application, whose pool goes on with the new database', async () => {
    const suite = await start()
    const pool = makePool(suite.postgres.url, 2)
    const ended: unknown[] = []
    pool.on('error', (error) => ended.push(error))
    await Promise.all([pool.query("INSERT INTO orders (note) VALUES ('a')"), pool.query('SELECT pg_sleep(0.05)')])
    expect(pool.idleCount).toBe(2)

    await suite.reset()

    await expect.poll(() => ended.length, SOON).toBe(2)
    expect((await pool.query('SELECT count(*)::int AS n FROM orders')).rows).toEqual([{ n: 2 }])
  })

  test('ends a transaction that is under way', async () => {
    const suite = await start()
    const client = new pg.Client(suite.postgres.url)
    client.on('error', () => {})
    await client.connect()
    await client.query("BEGIN; INSERT INTO orders (note) VALUES ('open'); LOCK TABLE orders")
    await suite.reset()
    expect(await notes(suite)).toEqual(['first', 'second'])
    await client.end().catch(() => {})
  })

  test('lets a pool go that was ended just before', async () => {
    const suite = await startSuite(stack)
    const errors: unknown[] = []
    for (let round = 0; round < 10; round += 1) {
      const clients: pg.PoolClient[] = []
      const pool = new pg.Pool({ connectionString: suite.postgres.url, max: 8 })
      pool.on('connect', (client) => {
        clients.push(client)
        client.on('error', (error: unknown) => errors.push(error))
      })
      await Promise.all(Array.from({ length: 8 }, () => pool.query('SELECT pg_sleep(0.002)')))
      await pool.end()
      await suite.reset()
      expect(clients).toHaveLength(8)
    }
    await suite.dispose()
    expect(errors).toEqual([])
  })

  test('has told a pool of the end of its sessions when it settles: the next statement goes over a new one', async () => {
    const suite = await start()
    const pool = makePool(suite.postgres.url, 8)
    pool.on('error', () => {})
    for (let round = 0; round < 20; round += 1) {
      await Promise.all(Array.from({ length: 8 }, () => pool.query('SELECT 1')))
      await suite.reset()
      expect((await pool.query('SELECT count(*)::int AS n FROM orders')).rows).toEqual([{ n: 2 }])
    }
  })

  test('is not hindered by an application that connects again at once', async () => {
    const suite = await start()
    let isOver = false
    const hammering = Promise.all(
      Array.from({ length: 4 }, async () => {
        while (!isOver) {
          const client = new pg.Client(suite.postgres.url)
          client.on('error', () => {})
          await client
            .connect()
            .then(() => client.query('SELECT 1'))
            .catch(() => {})
          await client.end().catch(() => {})
        }
      }),
    )
    for (let round = 0; round < 5; round += 1) {
      await suite.postgres.query("INSERT INTO orders (note) VALUES ('x')")
      await suite.reset()
      expect(await notes(suite)).toEqual(['first', 'second'])
    }
    isOver = true
    await hammering
  })

  test('can follow another, also before that is done', async () => {
    const suite = await start()
    await suite.reset()
    await suite.postgres.query("INSERT INTO orders (note) VALUES ('between')")
    await Promise.all([suite.reset(), suite.reset(), suite.reset()])
    expect(await notes(suite)).toEqual(['first', 'second'])
  })

  test('of one suite leaves another alone, also at the same time', async () => {
    const [one, two, three] = await Promise.all([start(), start(), start()])
    await Promise.all([one, two, three].map((suite) => suite.postgres.query("INSERT INTO orders (note) VALUES ('x')")))
    await three.redis.send('SET', 'a', 1)
    await Promise.all([one.reset(), two.reset()])
    expect(await Promise.all([one, two, three].map(notes))).toEqual([
      ['first', 'second'],
      ['first', 'second'],
      ['first', 'second', 'x'],
    ])
    expect(await three.redis.send('GET', 'a')).toBe('1')
  })

  test('that is under way is waited for by the end of the suite', async () => {
    const suite = await startSuite(stack)
    const resetting = suite.reset()
    await suite.dispose()
    await resetting
    await expect.poll(async () => (await databases()).filter((name) => name.startsWith(suite.postgres.database)), SOON).toEqual([])
  })
})

describe('the end of a suite', () => {
  test('drops its database, ends its Redis, and whoever asks after it is told', async () => {
    const suite = await startSuite(stack)
    const pool = makePool(suite.postgres.url)
    await pool.query('SELECT 1')

    await suite.dispose()

    expect(await databases()).not.toContain(suite.postgres.database)
    await expect(pool.query('SELECT 1')).rejects.toThrow('Connection terminated unexpectedly')
    await expect(pool.query('SELECT 1')).rejects.toThrow('ECONNREFUSED')
    const client = createClient({ url: suite.redis.url, socket: { reconnectStrategy: false } })
    client.on('error', () => {})
    await expect(client.connect()).rejects.toThrow('ECONNREFUSED')
  })

  test('may be asked for twice', async () => {
    const suite = await startSuite(stack)
    await Promise.all([suite.dispose(), suite[Symbol.asyncDispose]()])
    await expect(suite.dispose()).resolves.toBeUndefined()
  })

  test('makes everything else an error that says so', async () => {
    const suite = await startSuite(stack)
    await suite.dispose()
    const ended = (what: string): object => ({
      code: 'ERR_HOTBED_DISPOSED',
      message: `The suite has ended; ${what} cannot be used any more. [ERR_HOTBED_DISPOSED]`,
    })
    await expect(suite.postgres.query('SELECT 1')).rejects.toMatchObject(ended('postgres'))
    await expect(suite.postgres.explain('SELECT 1')).rejects.toMatchObject(ended('postgres'))
    await expect(suite.redis.send('PING')).rejects.toMatchObject(ended('redis'))
    await expect(suite.redis.inspect()).rejects.toMatchObject(ended('redis'))
    await expect(suite.reset()).rejects.toMatchObject(ended('it'))
    await expect(suite.keep()).rejects.toMatchObject(ended('it'))
  })
})

test('the files of the servers are gone with the last suite', async () => {
  // Another stack has servers of its own, which nobody else uses.
  const suite = await startSuite({ postgres: { settings: { work_mem: '5MB' } } }, { isolation: 'server' })
  const { dataDirectory = '' } = suite.postgres
  expect(existsSync(dataDirectory)).toBe(true)
  await suite.dispose()
  expect(existsSync(dataDirectory)).toBe(false)
})
