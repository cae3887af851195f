import { expect, test } from 'vitest'
import { sortSpill } from '../../../src/plan/smells/sort-spill.js'
import { describeEachPostgres, SHOP } from '../with-postgres.js'
import { findIn, within } from './find.js'

const SMALL = { work_mem: '256kB' }

await describeEachPostgres(SHOP, (database) => {
  const find = (sql: string, options?: Parameters<typeof findIn>[3]) => findIn(database(), sortSpill, sql, options)

  test('a sort through files is found, and not with either of the remedies', async () => {
    const all = 'SELECT * FROM orders ORDER BY total'
    expect(await find(all, { settings: SMALL })).toEqual([
      expect.stringMatching(
        /^sorts 50,000 rows through 2,\d{3} kB of temporary files → SET work_mem = '8MB', or CREATE INDEX ON orders \(total\)$/,
      ),
    ])
    expect(await find(all, { settings: { work_mem: '8MB' } })).toEqual([])
    await within(database(), 'CREATE INDEX ON orders (total)', async () => {
      expect(await find(all, { settings: SMALL, insideTransaction: true })).toEqual([])
    })
  })

  test('a sort of what a filter or an aggregate left has no index to take its place', async () => {
    expect(await find('SELECT id, count(*) FROM orders GROUP BY id ORDER BY 2', { settings: { ...SMALL, enable_hashagg: false } })).toEqual(
      [expect.stringMatching(/^sorts 50,000 rows through [12],\d{3} kB of temporary files → SET work_mem = '[48]MB'$/)],
    )
  })

  test('the groups of an Incremental Sort are sorts as well', async () => {
    await within(database(), 'CREATE INDEX ON orders (status)', async () => {
      const settings = { ...SMALL, enable_seqscan: false, enable_bitmapscan: false, random_page_cost: 0 }
      expect(await find('SELECT * FROM orders ORDER BY status, total, id', { settings, insideTransaction: true })).toEqual([
        expect.stringMatching(/^sorts 50,000 rows through 2,\d{3} kB of temporary files → SET work_mem = '8MB'$/),
      ])
    })
  })

  test('a sort in memory and a plan that was only estimated show none', async () => {
    expect(await find('SELECT * FROM orders ORDER BY total LIMIT 10', { settings: SMALL })).toEqual([])
    expect(await find('SELECT * FROM orders ORDER BY total', { settings: SMALL, analyze: false })).toEqual([])
  })
})
