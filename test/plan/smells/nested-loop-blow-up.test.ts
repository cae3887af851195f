import { expect, test } from 'vitest'
import { nestedLoopBlowUp } from '../../../src/plan/smells/nested-loop-blow-up.js'
import { describeEachPostgres } from '../with-postgres.js'
import { findIn, within } from './find.js'

const SETUP = `
  CREATE TABLE orders (id int PRIMARY KEY, user_id int NOT NULL);
  INSERT INTO orders SELECT i, i % 100 FROM generate_series(1, 20000) i;
  CREATE INDEX orders_user_id_idx ON orders (user_id);
  CREATE TABLE items (id int PRIMARY KEY, order_id int NOT NULL, price int NOT NULL);
  INSERT INTO items SELECT i, 1 + i % 20000, i % 1000 FROM generate_series(1, 40000) i;
`

await describeEachPostgres(SETUP, (database) => {
  const find = (sql: string, options?: Parameters<typeof findIn>[3]) => findIn(database(), nestedLoopBlowUp, sql, options)

  test('a table that is read whole for each row is found, and not once the index of the remedy is there', async () => {
    const dearest =
      'SELECT o.id, d.price FROM orders o CROSS JOIN LATERAL (SELECT i.price FROM items i WHERE i.order_id = o.id ORDER BY i.price DESC LIMIT 1) d WHERE o.user_id = 7'
    expect(await find(dearest)).toEqual(['reads items whole 200 times, 8,000,000 rows, to return 200 → CREATE INDEX ON items (order_id)'])
    await within(database(), 'CREATE INDEX ON items (order_id)', async () => {
      expect(await find(dearest, { insideTransaction: true })).toEqual([])
    })
  })

  test('lookups that touch the table many times over are found, and not when it is hashed', async () => {
    const all = 'SELECT count(o.user_id) FROM items i JOIN orders o ON o.id = i.order_id'
    const settings = { enable_hashjoin: false, enable_mergejoin: false, enable_memoize: false }
    expect(await find(all, { settings })).toEqual([
      expect.stringMatching(
        /^looks into orders 40,000 times, \d{2,3},\d{3} buffers of a table of 89 pages → Let orders be read once and hashed: join it by =, without LATERAL, and with enable_hashjoin on$/,
      ),
    ])
    expect(await find(all)).toEqual([])
  })

  test('lookups for the rows of a page and plans that were only estimated do not smell', async () => {
    const page = 'SELECT o.id FROM items i JOIN orders o ON o.id = i.order_id WHERE i.id < 50'
    expect(await find(page)).toEqual([])
    const settings = { enable_hashjoin: false, enable_mergejoin: false }
    expect(await find(page.replace('50', '90000'), { settings, analyze: false })).toEqual([])
  })
})
