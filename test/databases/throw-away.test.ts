import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createRun } from '../../src/databases/run.js'
import type { SuiteVerbs } from '../../src/databases/suite-parts.js'
import { makeFolder } from './place.js'

const migrations = makeFolder({
  '1.sql': `
    CREATE TABLE users (id int PRIMARY KEY, email text UNIQUE);
    CREATE TABLE orders (id int, user_id int REFERENCES users, at date NOT NULL, note text, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
    CREATE TABLE orders_2024 PARTITION OF orders FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
    CREATE INDEX ON orders (user_id);
    CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''no''; END';
    CREATE TRIGGER kept BEFORE TRUNCATE ON users EXECUTE FUNCTION refuse();
    INSERT INTO users SELECT n, 'u' || n || '@example.com' FROM generate_series(1, 5000) n;
    INSERT INTO orders SELECT n, n % 5000 + 1, '2024-01-01'::date + n % 300, repeat('x', 50) FROM generate_series(1, 20000) n;
    CREATE MATERIALIZED VIEW totals AS SELECT user_id, count(*) FROM orders GROUP BY 1;`,
})
const run = createRun()
let verbs: SuiteVerbs

beforeAll(async () => {
  ;({ verbs } = await run.openSuite({ postgres: { migrations } }))
}, 60_000)
afterAll(() => run.close())

async function databases(): Promise<number> {
  return Number((await verbs.query('SELECT count(*)::int AS n FROM pg_database', [])).rows[0]?.['n'])
}

const SIZES = `SELECT relname, reltuples, relpages, relallvisible FROM pg_class
  WHERE relname IN ('users', 'users_pkey', 'users_email_key', 'orders', 'orders_2024', 'orders_2024_pkey', 'orders_2024_user_id_idx') ORDER BY relname`
const STATISTICS =
  "SELECT tablename, attname, inherited, n_distinct, histogram_bounds::text, correlation FROM pg_stats WHERE schemaname = 'public' ORDER BY 1, 2, 3"

describe('a throw-away clone', () => {
  test('of the template has its rows and a superuser, and is gone when it is closed', async () => {
    const before = await databases()
    const session = await verbs.openThrowAway('template')
    const { rows } = await verbs.query(
      "SELECT count(*)::int AS n, current_database() AS name, current_setting('is_superuser') AS super FROM users",
      [],
      session,
    )
    expect(rows).toEqual([{ n: 5000, name: expect.stringMatching(/^suite_\d+$/), super: 'on' }])
    await verbs.query('DROP TABLE users CASCADE', [], session)
    await verbs.closeThrowAway(session)
    await expect(verbs.query('SELECT 1', [], session)).rejects.toMatchObject({ code: 'ERR_HOTBED_QUERY' })
    expect((await verbs.query('SELECT count(*)::int AS n FROM users', [])).rows).toEqual([{ n: 5000 }])
    await expect.poll(databases).toBeLessThanOrEqual(before + 1)
  })

  test('of the hollow database has catalogues and statistics, and no rows', async () => {
    const session = await verbs.openThrowAway('hollow')
    const ask = async (sql: string, where?: number): Promise<unknown> => (await verbs.query(sql, [], where)).rows
    expect(await ask('SELECT (SELECT count(*) FROM users)::int AS users, (SELECT count(*) FROM orders)::int AS orders', session)).toEqual([
      { users: 0, orders: 0 },
    ])
    expect(await ask(SIZES, session)).toEqual(await ask(SIZES))
    expect(await ask(STATISTICS, session)).toEqual(await ask(STATISTICS))
    expect(await ask(SIZES)).toContainEqual({
      relname: 'users',
      reltuples: 5000,
      relpages: expect.any(Number),
      relallvisible: expect.any(Number),
    })
    expect(await ask("SELECT pg_relation_size('users')::int AS bytes", session)).toEqual([{ bytes: 0 }])
    // What it was made of cannot be emptied and read.
    expect(await ask('SELECT count(*)::int AS n FROM totals', session)).toEqual([{ n: 5000 }])
    await verbs.closeThrowAway(session)
  })

  test('is gone with its suite, also when nobody closed it', async () => {
    const suite = await run.openSuite({ postgres: { migrations } })
    const before = await databases()
    await Promise.all([suite.verbs.openThrowAway('hollow'), suite.verbs.openThrowAway('template')])
    expect(await databases()).toBeGreaterThan(before)
    await suite.verbs.reset()
    await suite.verbs.openThrowAway('template')
    await suite.verbs.dispose()
    await expect.poll(databases).toBeLessThanOrEqual(before)
  })

  test('of an empty stack is empty, whatever it is made from', async () => {
    const empty = await run.openSuite({ postgres: {} })
    for (const source of ['template', 'hollow'] as const) {
      const session = await empty.verbs.openThrowAway(source)
      expect((await empty.verbs.query('SELECT 1 AS one', [], session)).rows).toEqual([{ one: 1 }])
    }
    await empty.verbs.dispose()
  })
})
