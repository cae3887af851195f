import { expect, test } from 'vitest'
import { hashAggregateSpill } from '../../../src/plan/smells/hash-aggregate-spill.js'
import { describeEachPostgres } from '../with-postgres.js'
import { findIn, within } from './find.js'

const SETUP = `
  CREATE TABLE items (order_id int NOT NULL, product_id int NOT NULL);
  INSERT INTO items SELECT 1 + i % 50000, i % 977 FROM generate_series(1, 100000) i;
`

await describeEachPostgres(SETUP, (database) => {
  const find = (sql: string, options?: Parameters<typeof findIn>[3]) => findIn(database(), hashAggregateSpill, sql, options)
  const SMALL = { work_mem: '256kB', enable_sort: false }
  const perOrder = 'SELECT order_id, count(*) FROM items GROUP BY order_id'

  test('groups through files are found, and not with either of the remedies', async () => {
    expect(await find(perOrder, { settings: SMALL })).toEqual([
      expect.stringMatching(
        /^groups into 50,000 through [23],\d{3} kB of temporary files → SET work_mem = '8MB', or CREATE INDEX ON items \(order_id\)$/,
      ),
    ])
    expect(await find(perOrder, { settings: { ...SMALL, work_mem: '8MB' } })).toEqual([])
    await within(database(), 'CREATE INDEX ON items (order_id)', async () => {
      expect(
        await find(perOrder, { settings: { ...SMALL, enable_hashagg: true, random_page_cost: 1.1 }, insideTransaction: true }),
      ).toEqual([])
    })
  })

  test('groups of what a filter left have no index to take its place', async () => {
    expect(await find('SELECT order_id, count(*) FROM items WHERE product_id <> 5 GROUP BY order_id', { settings: SMALL })).toEqual([
      expect.stringMatching(/ kB of temporary files → SET work_mem = '8MB'$/),
    ])
  })

  test('a plan that was only estimated shows groups that the planner expects to split', async () => {
    expect(await find(perOrder, { settings: SMALL, analyze: false })).toEqual([
      expect.stringMatching(
        /^expects [45]\d,\d{3} groups, too many for its memory, in \d+ partitions → CREATE INDEX ON items \(order_id\)$/,
      ),
    ])
    expect(await find(perOrder, { settings: { ...SMALL, work_mem: '8MB' }, analyze: false })).toEqual([])
  })

  test('few groups of many rows do not smell', async () => {
    expect(await find('SELECT product_id, count(*) FROM items GROUP BY product_id', { settings: SMALL })).toEqual([])
  })
})
