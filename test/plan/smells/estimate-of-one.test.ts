import { expect, test } from 'vitest'
import { estimateOfOne } from '../../../src/plan/smells/estimate-of-one.js'
import { nestedLoopBlowUp } from '../../../src/plan/smells/nested-loop-blow-up.js'
import { describeEachPostgres } from '../with-postgres.js'
import { findIn } from './find.js'

/** A new tenant came after the last ANALYZE. */
const SETUP = `
  CREATE TABLE orders (id int PRIMARY KEY, tenant_id int NOT NULL, state text NOT NULL);
  INSERT INTO orders SELECT i, i % 20, 'done' FROM generate_series(1, 20000) i;
  CREATE INDEX orders_tenant_id_idx ON orders (tenant_id);
  CREATE TABLE items (id int PRIMARY KEY, order_id int NOT NULL, note text NOT NULL);
  INSERT INTO items SELECT i, 1 + i % 25000, repeat('x', 30) FROM generate_series(1, 50000) i;
  CREATE INDEX items_order_id_idx ON items (order_id);
`

await describeEachPostgres(SETUP, (database) => {
  const sql = 'SELECT count(i.note) FROM orders o JOIN items i ON i.order_id = o.id WHERE o.tenant_id = 99'

  test('a new tenant of many rows is found, and not once the remedy has told the planner', async () => {
    expect(await findIn(database(), estimateOfOne, sql)).toEqual([])
    await database().sql.query("INSERT INTO orders SELECT i, 99, 'new' FROM generate_series(20001, 25000) i")
    expect(await findIn(database(), estimateOfOne, sql)).toEqual([
      'expects 1 row and 5,000 came: Index Scan on items ran 5,000 times → ALTER TABLE orders ALTER COLUMN tenant_id SET STATISTICS 1000; ANALYZE orders',
    ])
    // It is the same join that looks up what a Hash Join would read once.
    expect(await findIn(database(), nestedLoopBlowUp, sql)).toEqual([
      expect.stringMatching(
        /^looks into items 5,000 times, 2\d,\d{3} buffers of a table of \d{3} pages → ALTER TABLE orders ALTER COLUMN tenant_id SET STATISTICS 1000; ANALYZE orders$/,
      ),
    ])
    await database().sql.query('ALTER TABLE orders ALTER COLUMN tenant_id SET STATISTICS 1000; ANALYZE orders')
    expect(await findIn(database(), estimateOfOne, sql)).toEqual([])
    expect(await findIn(database(), nestedLoopBlowUp, sql)).toEqual([])
  })

  test('one row that is one, and a plan that was only estimated, do not smell', async () => {
    expect(await findIn(database(), estimateOfOne, 'SELECT * FROM orders o JOIN items i ON i.order_id = o.id WHERE o.id = 7')).toEqual([])
    expect(await findIn(database(), estimateOfOne, sql.replace('99', '100'), { analyze: false })).toEqual([])
  })
})
