import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createRun } from '../../src/databases/run.js'
import { startSuite } from '../../src/start-suite.js'
import type { Suite } from '../../src/suite.js'
import { SOON } from '../primitives/child.js'
import { makeFolder } from './place.js'

const migrations = makeFolder({ '1.sql': "CREATE TABLE orders (id int, note text); INSERT INTO orders VALUES (1, 'first'), (2, 'second')" })
const stack = { postgres: { migrations }, redis: {} } as const

let suite: Suite<typeof stack>

beforeAll(async () => {
  suite = await startSuite(stack)
})
afterAll(() => suite?.dispose())

describe('a side connection', () => {
  test('gives rows, what was changed and the names of columns', async () => {
    const { postgres } = suite
    const result = await postgres.query('SELECT $1::int AS n, now() AS at', [7])
    expect(result).toMatchObject({ rowCount: 1, command: 'SELECT', rows: [{ n: 7, at: expect.any(Date) }] })
    expect(result.fields.map(({ name }) => name)).toEqual(['n', 'at'])
    expect(await postgres.query("UPDATE orders SET note = 'x'")).toMatchObject({ rowCount: 2, command: 'UPDATE', rows: [] })
  })

  test("hands on the database's own errors", async () => {
    const { postgres } = suite
    await expect(postgres.query('SELECT nonsense')).rejects.toMatchObject({ code: '42703', message: 'column "nonsense" does not exist' })
    await expect(postgres.query('SET statement_timeout = 20; SELECT pg_sleep(10)')).rejects.toMatchObject({ code: '57014' })
  })

  test('is had again after somebody ended it, also by several who ask at once', async () => {
    const { postgres, redis } = suite
    await postgres.query('SELECT 1')
    await redis.send('PING')
    const admin = new pg.Client(postgres.adminUrl)
    await admin.connect()
    await admin.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname IS NOT NULL')
    await redis.send('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'no').catch(() => {})

    await expect
      .poll(
        () =>
          Promise.all(
            [1, 2, 3].map(async (n) => (await postgres.query(`SELECT ${n} AS n`)).rows[0]).map((row) => row.catch(() => undefined)),
          ),
        SOON,
      )
      .toEqual([{ n: 1 }, { n: 2 }, { n: 3 }])
    await expect
      .poll(() => Promise.all(['a', 'b'].map((word) => redis.send('ECHO', word).catch(() => undefined))), SOON)
      .toEqual(['a', 'b'])
    const { rows } = await admin.query('SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = $1 AND pid <> pg_backend_pid()', [
      postgres.database,
    ])
    expect(rows).toEqual([{ n: 1 }])
    await admin.end()
    await using next = await startSuite(stack)
    expect((await next.postgres.query('SELECT note FROM orders ORDER BY id')).rows).toEqual([{ note: 'first' }, { note: 'second' }])
  })
})

test('a session is used again as good as new, unless it is in the middle of something', async () => {
  const run = createRun()
  const { verbs } = await run.openSuite({ postgres: {} })
  const lookAt = async (session: number): Promise<unknown> =>
    (
      await verbs.query(
        "SELECT pg_backend_pid() AS pid, current_setting('work_mem') AS work_mem, to_regclass('pg_temp.kept') AS kept",
        [],
        session,
      )
    ).rows[0]
  const first = await verbs.openSession()
  const fresh = await lookAt(first)
  await verbs.query("SET work_mem = '64kB'; CREATE TEMP TABLE kept ()", undefined, first)
  expect(await lookAt(first)).toMatchObject({ work_mem: '64kB', kept: 'kept' })
  await verbs.closeSession(first)
  await expect(verbs.query('SELECT 1', [], first)).rejects.toMatchObject({ code: 'ERR_HOTBED_QUERY' })

  const second = await verbs.openSession()
  expect(await lookAt(second)).toEqual(fresh)
  await verbs.query('BEGIN', undefined, second)
  await verbs.closeSession(second)

  const third = await verbs.openSession()
  expect(await lookAt(third)).not.toEqual(fresh)
  await verbs.reset()
  await run.close()
})
