import { expect, test } from 'vitest'
import { lossyBitmap } from '../../../src/plan/smells/lossy-bitmap.js'
import { describeEachPostgres } from '../with-postgres.js'
import { findIn } from './find.js'

const SETUP = `
  CREATE TABLE items (product_id int NOT NULL, note text NOT NULL);
  INSERT INTO items SELECT i * 7919 % 977, repeat('x', 150) FROM generate_series(1, 90000) i;
  CREATE INDEX items_product_id_idx ON items (product_id);
`

await describeEachPostgres(SETUP, (database) => {
  const find = (sql: string, options?: Parameters<typeof findIn>[3]) => findIn(database(), lossyBitmap, sql, options)
  const some = 'SELECT * FROM items WHERE product_id < 40'

  test('pages without their rows are found, and not with the memory of the remedy', async () => {
    expect(await find(some, { settings: { work_mem: '64kB', enable_seqscan: false } })).toEqual([
      expect.stringMatching(
        /^keeps 1,\d{3} pages of items without their rows and throws [34]\d,\d{3} rows away again → SET work_mem = '128kB'$/,
      ),
    ])
    expect(await find(some, { settings: { work_mem: '128kB', enable_seqscan: false } })).toEqual([])
  })

  test('a bitmap of few pages does not smell, and a plan that was only estimated shows none', async () => {
    expect(await find('SELECT * FROM items WHERE product_id = 7', { settings: { work_mem: '64kB' } })).toEqual([])
    expect(await find(some, { settings: { work_mem: '64kB', enable_seqscan: false }, analyze: false })).toEqual([])
  })
})
