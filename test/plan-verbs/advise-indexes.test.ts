import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startSuite } from '../../src/start-suite.js'
import type { Suite } from '../../src/suite.js'
import { makeFolder } from '../databases/place.js'

const migrations = makeFolder({
  '1.sql': `
    CREATE TABLE users (id int PRIMARY KEY, email text NOT NULL);
    INSERT INTO users SELECT i, 'u' || i || '@example.com' FROM generate_series(0, 4999) i;
    CREATE TABLE orders (id int PRIMARY KEY, user_id int NOT NULL, shop_id int NOT NULL, at timestamptz NOT NULL);
    INSERT INTO orders SELECT i, i % 5000, i % 700, '2024-01-01'::timestamptz + i * interval '1 minute' FROM generate_series(1, 30000) i;`,
})
const stack = { postgres: { migrations } } as const
/** So that no text depends on how busy the machine is. */
const PATIENT = { timeoutMs: 60_000 }

let suite: Suite<typeof stack>
let pool: pg.Pool
beforeAll(async () => {
  suite = await startSuite(stack)
  pool = new pg.Pool({ connectionString: suite.postgres.url, max: 1 })
}, 60_000)
afterAll(async () => {
  await pool.end()
  await suite.dispose()
})

async function times(number: number, sql: string, value: (n: number) => readonly unknown[]): Promise<void> {
  for (let n = 0; n < number; n++) await pool.query(sql, [...value(n)])
}

test('one index serves several statements, the set is the smallest that is of use, and nothing of it remains', async () => {
  const run = await suite.record(async () => {
    await times(5, 'SELECT * FROM orders WHERE user_id = $1', (n) => [n])
    await times(3, 'SELECT * FROM orders WHERE shop_id = $1 AND user_id = $2', (n) => [n, n])
    await times(4, 'SELECT * FROM orders WHERE user_id = $1 ORDER BY at DESC LIMIT 1', (n) => [n])
    await times(2, 'SELECT id FROM users WHERE email = $1', (n) => [`u${n}@example.com`])
    await times(9, 'SELECT * FROM users WHERE id = $1', (n) => [n])
  })

  const advice = await suite.postgres.adviseIndexes(run, PATIENT)

  expect(advice.toString()).toMatchInlineSnapshot(`
    "2 indexes save 2,266 of 2,395 buffers (really built in a throw-away clone of the template):
      CREATE INDEX ON orders (user_id);
        5× select * from orders where user_id = ?   192 → 8 buffers
        3× select * from orders where shop_id = ? and user_id = ?   192 → 8 buffers
        4× select * from orders where user_id = ? order by at desc limit ?   192 → 8 buffers
        It costs 353 kB, and 2 more buffers for each INSERT.
      CREATE INDEX ON users (email);
        2× select id from users where email = ?   32 → 3 buffers
        It costs 222 kB, and 2 more buffers for each INSERT."
  `)
  expect(advice.needless.length).toBeGreaterThan(0)
  const { rows } = await suite.postgres.query("SELECT indexname FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1")
  expect(rows.map(({ indexname }) => indexname)).toEqual(['orders_pkey', 'users_pkey'])
})

test('columns with one value stand so that a shorter statement is served, too', async () => {
  const run = await suite.record(async () => {
    await times(2, 'SELECT * FROM orders WHERE user_id = $1 AND shop_id = $2', (n) => [n, n])
    await times(2, 'SELECT * FROM orders WHERE shop_id = $1', (n) => [n])
  })

  const advice = await suite.postgres.adviseIndexes(run, PATIENT)

  expect(advice.indexes.map(({ ddl }) => ddl)).toMatchInlineSnapshot(`
    [
      "CREATE INDEX ON orders (shop_id, user_id);",
    ]
  `)
})

test('what an index costs those that write is set against what it saves', async () => {
  const run = await suite.record(async () => {
    await times(1, 'SELECT * FROM orders WHERE user_id = $1', (n) => [n])
    await times(200, 'INSERT INTO orders VALUES ($1, 1, 1, now())', (n) => [100_000 + n])
  })

  const advice = await suite.postgres.adviseIndexes(run, PATIENT)

  expect(advice.toString()).toMatchInlineSnapshot(
    `"No index is advised: one was built, and the statements read about as much with it as without."`,
  )
})

test('nothing is advised where nothing helps, or the time is up', async () => {
  const served = await suite.record(() => pool.query('SELECT * FROM users WHERE id = 7'))
  expect((await suite.postgres.adviseIndexes(served)).toString()).toMatchInlineSnapshot(
    `"No index is advised: the plans show no condition, order or join that an index could serve better than those there are."`,
  )
  const most = await suite.record(() => pool.query('SELECT * FROM orders WHERE user_id > 5'))
  expect((await suite.postgres.adviseIndexes(most, PATIENT)).toString()).toMatchInlineSnapshot(
    `"No index is advised: one was built, and the statements read about as much with it as without."`,
  )
  const late = await suite.record(() => pool.query('SELECT * FROM orders WHERE user_id = 5'))
  expect(await suite.postgres.adviseIndexes(late, { timeoutMs: 1 })).toMatchObject({
    indexes: [],
    why: expect.stringContaining('{ timeoutMs } waits longer'),
  })
})

test('what is no recording, one without plans, and wrong options are refused', async () => {
  const without = await suite.record(() => pool.query('SELECT * FROM users'), { plans: false })
  await expect(suite.postgres.adviseIndexes({} as typeof without)).rejects.toThrow("Option 'recording' must be a recording")
  await expect(suite.postgres.adviseIndexes(without)).rejects.toThrow('one with plans')
  await expect(suite.postgres.adviseIndexes(without, { timeoutMs: -1 })).rejects.toThrow("Option 'timeoutMs'")
  await expect(suite.postgres.adviseIndexes(without, { timeout: 1 } as object)).rejects.toThrow("Did you mean 'timeoutMs'?")
})
