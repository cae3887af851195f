import { expect, test } from 'vitest'
import { avoidableSort } from '../../../src/plan/smells/avoidable-sort.js'
import { describeEachPostgres } from '../with-postgres.js'
import { findIn, within } from './find.js'

const SETUP = `
  CREATE TABLE orders (id int PRIMARY KEY, user_id int, status text, created_at timestamptz, "Total" int);
  INSERT INTO orders SELECT i, i % 5, CASE WHEN i % 10 = 0 THEN 'open' ELSE 'done' END, '2024-01-01'::timestamptz + i * interval '1 minute', i * 7 % 1000
    FROM generate_series(1, 30000) i;
  CREATE INDEX orders_user_idx ON orders (user_id);
  CREATE TABLE countries (code text, name text);
  INSERT INTO countries SELECT 'c' || i, 'n' || i FROM generate_series(1, 200) i;
`

await describeEachPostgres(SETUP, (database) => {
  const find = (sql: string, options?: Parameters<typeof findIn>[3]) => findIn(database(), avoidableSort, sql, options)
  const repaired = async (sql: string): Promise<readonly string[]> => {
    const [found = ''] = await find(sql)
    let left: readonly string[] = []
    await within(database(), `${found.split(' → ')[1]}; ANALYZE orders`, async () => {
      left = await find(sql, { insideTransaction: true })
    })
    return [found, ...left]
  }

  test('many rows sorted for a few are found, and not once the index of the remedy is there', async () => {
    expect(await repaired('SELECT * FROM orders WHERE user_id = 3 ORDER BY created_at DESC LIMIT 20')).toEqual([
      'sorts 6,000 rows of orders to return 20 → CREATE INDEX ON orders (user_id, created_at DESC)',
    ])
    expect(await repaired('SELECT * FROM orders o ORDER BY o."Total" DESC NULLS LAST, o.id LIMIT 5')).toEqual([
      'sorts 30,000 rows of orders to return 5 → CREATE INDEX ON orders ("Total" DESC NULLS LAST, id)',
    ])
  })

  test('rows that are locked on the way are sorted all the same', async () => {
    expect(await repaired('SELECT * FROM orders ORDER BY created_at LIMIT 20 FOR UPDATE SKIP LOCKED')).toEqual([
      'sorts 30,000 rows of orders to return 20 → CREATE INDEX ON orders (created_at)',
    ])
  })

  test('a range of what is sorted, and a filter that most rows pass, are no harm', async () => {
    expect(await repaired("SELECT * FROM orders WHERE created_at > '2024-01-03' ORDER BY created_at LIMIT 20")).toEqual([
      'sorts 27,120 rows of orders to return 20 → CREATE INDEX ON orders (created_at)',
    ])
    expect(await repaired("SELECT * FROM orders WHERE status <> 'open' ORDER BY created_at LIMIT 20")).toEqual([
      'sorts 27,000 rows of orders to return 20 → CREATE INDEX ON orders (created_at)',
    ])
  })

  test('where an index of the order would meet its rows late nothing is said', async () => {
    expect(await find('SELECT * FROM orders WHERE "Total" < 100 AND status <> \'lost\' ORDER BY created_at LIMIT 20')).toEqual([])
    expect(await find('SELECT * FROM orders WHERE user_id IN (1, 2) ORDER BY created_at LIMIT 20')).toEqual([])
  })

  test('an index that is there and was not wanted is not asked for again', async () => {
    const sql = 'SELECT * FROM orders WHERE user_id = 3 ORDER BY created_at DESC LIMIT 20'
    const settings = { enable_indexscan: false, enable_bitmapscan: false }
    expect(await find(sql, { settings })).toHaveLength(1)
    await within(database(), 'CREATE INDEX ON orders (user_id, created_at)', async () => {
      expect(await find(sql, { settings, insideTransaction: true })).toEqual([])
    })
  })

  test('an order that no column has, a page of many rows, a whole result and a small table do not smell', async () => {
    expect(await find('SELECT * FROM orders ORDER BY random() LIMIT 20')).toEqual([])
    expect(await find('SELECT * FROM orders ORDER BY "Total" LIMIT 5000')).toEqual([])
    expect(await find('SELECT * FROM orders ORDER BY "Total"')).toEqual([])
    expect(await find('SELECT * FROM countries ORDER BY name LIMIT 1')).toEqual([])
    expect(await find('SELECT * FROM orders ORDER BY "Total" LIMIT 5', { analyze: false })).toEqual([])
  })
})
