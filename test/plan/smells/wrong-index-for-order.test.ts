import { expect, test } from 'vitest'
import { inefficientIndex } from '../../../src/plan/smells/inefficient-index.js'
import { wrongIndexForOrder } from '../../../src/plan/smells/wrong-index-for-order.js'
import { describeEachPostgres } from '../with-postgres.js'
import { findIn, within } from './find.js'

const SETUP = `
  CREATE TABLE orders (id int PRIMARY KEY, user_id int NOT NULL, status text NOT NULL, created_at timestamptz NOT NULL);
  INSERT INTO orders SELECT i, CASE WHEN i <= 400 THEN 7 ELSE 100 + i % 50 END, CASE WHEN i < 30 THEN 'lost' ELSE 'done' END,
    '2024-01-01'::timestamptz + i * interval '1 minute' FROM generate_series(1, 50000) i;
  CREATE INDEX orders_created_at_idx ON orders (created_at);
`

await describeEachPostgres(SETUP, (database) => {
  const find = (sql: string, options?: Parameters<typeof findIn>[3]) => findIn(database(), wrongIndexForOrder, sql, options)
  const latest = 'SELECT * FROM orders WHERE user_id = 7 ORDER BY created_at DESC LIMIT 20'

  test('a walk for the order that meets its rows late is found, and not once the index of the remedy is there', async () => {
    expect(await find(latest)).toEqual([
      'walks orders_created_at_idx for its order and reads 49,620 rows of orders to return 20 → CREATE INDEX ON orders (user_id, created_at DESC)',
    ])
    expect(await findIn(database(), inefficientIndex, latest)).toEqual([])
    await within(database(), 'CREATE INDEX ON orders (user_id, created_at DESC)', async () => {
      expect(await find(latest, { insideTransaction: true })).toEqual([])
    })
  })

  test('a range on the column of the order does not hide it', async () => {
    const since = "SELECT * FROM orders WHERE user_id = 7 AND created_at > '2024-01-01' ORDER BY created_at DESC LIMIT 20"
    expect(await find(since)).toEqual([
      'walks orders_created_at_idx for its order and reads 49,620 rows of orders to return 20 → CREATE INDEX ON orders (user_id, created_at DESC)',
    ])
    expect(await findIn(database(), inefficientIndex, since)).toEqual([])
  })

  test('a maximum is such a walk', async () => {
    const sql = 'SELECT max(created_at) FROM orders WHERE user_id = 7'
    expect(await find(sql)).toEqual([
      'walks orders_created_at_idx for its order and reads 49,601 rows of orders to return 1 → CREATE INDEX ON orders (user_id, created_at)',
    ])
    await within(database(), 'CREATE INDEX ON orders (user_id, created_at)', async () => {
      expect(await find(sql, { insideTransaction: true })).toEqual([])
    })
  })

  test('what no column can meet takes a partial index', async () => {
    const sql = "SELECT * FROM orders o WHERE o.status <> 'done' ORDER BY o.created_at DESC LIMIT 20"
    expect(await find(sql, { settings: { enable_seqscan: false } })).toEqual([
      "walks orders_created_at_idx for its order and reads 49,991 rows of orders to return 20 → CREATE INDEX ON orders (created_at DESC) WHERE (status <> 'done'::text)",
    ])
    await within(database(), "CREATE INDEX ON orders (created_at DESC) WHERE (status <> 'done'::text)", async () => {
      expect(await find(sql, { insideTransaction: true })).toEqual([])
    })
  })

  test('a plan that was only estimated shows it by how many rows the planner expects to walk', async () => {
    expect(await find(latest, { analyze: false })).toEqual([
      expect.stringMatching(/^walks orders_created_at_idx for its order and reads 2,\d{3} rows of orders to return 20 → /),
    ])
    expect(await find('SELECT * FROM orders WHERE user_id > 7 ORDER BY created_at DESC LIMIT 20', { analyze: false })).toEqual([])
  })

  test('a walk that meets its rows early does not smell', async () => {
    expect(await find('SELECT * FROM orders WHERE user_id = 107 ORDER BY created_at DESC LIMIT 10')).toEqual([])
    expect(await find('SELECT * FROM orders ORDER BY created_at DESC LIMIT 10')).toEqual([])
  })
})
