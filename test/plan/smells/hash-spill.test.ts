import { expect, test } from 'vitest'
import { hashSpill } from '../../../src/plan/smells/hash-spill.js'
import { describeEachPostgres, SHOP } from '../with-postgres.js'
import { findIn } from './find.js'

const SETUP = `${SHOP}
  CREATE TABLE items (order_id int NOT NULL, product_id int NOT NULL);
  INSERT INTO items SELECT 1 + i % 50000, i % 977 FROM generate_series(1, 100000) i;
`

await describeEachPostgres(SETUP, (database) => {
  const find = (sql: string, options?: Parameters<typeof findIn>[3]) => findIn(database(), hashSpill, sql, options)
  const joined = 'SELECT * FROM items i JOIN orders o ON o.id = i.order_id'

  test('a hash table in batches is found, and not with the memory of the remedy', async () => {
    expect(await find(joined, { settings: { work_mem: '256kB' } })).toEqual([
      expect.stringMatching(/^hashes 50,000 rows in (8|16) batches of up to \d{3} kB → SET work_mem = '4MB'$/),
    ])
    expect(await find(joined, { settings: { work_mem: '4MB' } })).toEqual([])
  })

  test('batches that were not planned are told as such', async () => {
    // Half of what fits is expected: a condition that the planner cannot judge.
    const surprise = 'SELECT * FROM items i JOIN orders o ON o.id = i.order_id WHERE o.total * 0 = 0'
    const settings = { work_mem: '256kB', enable_nestloop: false, enable_mergejoin: false }
    expect(await find(surprise, { settings })).toEqual([
      expect.stringMatching(/^hashes 50,000 rows in (8|16) batches of up to \d{3} kB, planned were 1 → SET work_mem = '4MB'$/),
    ])
  })

  test('a hash table in memory and a plan that was only estimated show none', async () => {
    expect(await find(`${joined} WHERE o.user_id = 7`, { settings: { work_mem: '256kB' } })).toEqual([])
    expect(await find(joined, { settings: { work_mem: '256kB' }, analyze: false })).toEqual([])
  })
})
