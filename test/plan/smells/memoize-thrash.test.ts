import { expect, test } from 'vitest'
import { memoizeThrash } from '../../../src/plan/smells/memoize-thrash.js'
import { describeEachPostgres } from '../with-postgres.js'
import { findIn, within } from './find.js'

const SETUP = `
  CREATE TABLE pages (id int PRIMARY KEY, title text);
  INSERT INTO pages SELECT i, 'p' || i FROM generate_series(1, 100000) i;
  CREATE TABLE visits (id int PRIMARY KEY, page_id int NOT NULL);
  INSERT INTO visits SELECT i, i * 31 % 100000 + 1 FROM generate_series(1, 5000) i;
  ALTER TABLE visits ALTER page_id SET (n_distinct = 20);
`
const TITLES = 'SELECT p.title FROM visits v JOIN pages p ON p.id = v.page_id'

await describeEachPostgres(SETUP, (database) => {
  const find = (sql: string, options?: Parameters<typeof findIn>[3]) => findIn(database(), memoizeThrash, sql, options)

  test('a cache whose values never come again is found, and not once the planner knows how many there are', async () => {
    expect(await find(TITLES)).toMatchInlineSnapshot(`
      [
        "looks up 5,000 values of v.page_id and meets 0 of them again → ALTER TABLE visits ALTER page_id SET STATISTICS 1000, or SET (n_distinct = …) where that is not enough; then ANALYZE visits",
      ]
    `)
    await within(database(), 'ALTER TABLE visits ALTER page_id RESET (n_distinct); ANALYZE visits', async () => {
      expect(await find(TITLES, { insideTransaction: true })).toEqual([])
    })
  })

  test('values that are thrown out of too small a cache are counted', async () => {
    expect(await find(TITLES, { settings: { work_mem: '64kB', hash_mem_multiplier: 1 } })).toMatchInlineSnapshot(`
      [
        "looks up 5,000 values of v.page_id and meets 0 of them again, and makes room 4,415 times → ALTER TABLE visits ALTER page_id SET STATISTICS 1000, or SET (n_distinct = …) where that is not enough; then ANALYZE visits",
      ]
    `)
  })

  test('a cache that is hit and a handful of lookups do not smell', async () => {
    await within(database(), 'UPDATE visits SET page_id = id % 20 + 1', async () => {
      expect(await find(TITLES, { insideTransaction: true })).toEqual([])
    })
    expect(await find(`${TITLES} WHERE v.id <= 500`)).toEqual([])
    expect(await find(TITLES, { analyze: false })).toEqual([])
  })
})
