import { expect, test } from 'vitest'
import { indexOnlyScanVisitsTable } from '../../../src/plan/smells/index-only-scan-visits-table.js'
import { describeEachPostgres } from '../with-postgres.js'
import { findIn } from './find.js'

const SETUP = `
  CREATE TABLE items (product_id int NOT NULL, note text NOT NULL);
  INSERT INTO items SELECT i % 977, repeat('x', 20) FROM generate_series(1, 50000) i;
  CREATE INDEX items_product_id_idx ON items (product_id);
`

await describeEachPostgres(SETUP, (database) => {
  const settings = { enable_bitmapscan: false, enable_seqscan: false }
  const find = (sql: string) => findIn(database(), indexOnlyScanVisitsTable, sql, { settings })
  const vacuum = async () => {
    // A commit that is not flushed yet, as with synchronous_commit = off, is not visible to all for VACUUM.
    await database().sql.query('CHECKPOINT')
    await database().sql.query('VACUUM items')
  }
  const some = 'SELECT count(product_id) FROM items WHERE product_id < 100'

  test('visits to the table are found after a change of many rows, and not once VACUUM has run', async () => {
    await vacuum()
    expect(await find(some)).toEqual([])
    await database().sql.query('UPDATE items SET note = note WHERE product_id < 100')
    expect(await find(some)).toEqual([
      expect.stringMatching(/^visits items (5|10),\d{3} times for 5,\d{3} rows that are all in items_product_id_idx → VACUUM items$/),
    ])
    expect(await find('SELECT count(product_id) FROM items WHERE product_id < 5')).toEqual([])
    await vacuum()
    expect(await find(some)).toEqual([])
  })
})
