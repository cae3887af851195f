import { expect, test } from 'vitest'
import { bloat } from '../../../src/plan/smells/bloat.js'
import { describeEachPostgres } from '../with-postgres.js'
import { findIn, within } from './find.js'

const SETUP = `
  CREATE TABLE jobs (id int PRIMARY KEY, state text, payload text);
  INSERT INTO jobs SELECT i, 'done', repeat('x', 80) FROM generate_series(1, 40000) i;
  DELETE FROM jobs WHERE id % 50 <> 0;
  CREATE TABLE kept (id int PRIMARY KEY, state text, payload text, a bool, b bigint, c bool, d bigint) WITH (fillfactor = 50);
  INSERT INTO kept SELECT i, 'done', repeat('x', 80), true, i, false, NULL FROM generate_series(1, 40000) i;
  CREATE TABLE documents (id int PRIMARY KEY, body text);
  ALTER TABLE documents ALTER body SET STORAGE EXTERNAL;
  INSERT INTO documents SELECT i, repeat('x', 5000) FROM generate_series(1, 400) i;
`

await describeEachPostgres(SETUP, (database) => {
  const find = (sql: string, options?: Parameters<typeof findIn>[3]) => findIn(database(), bloat, sql, options)
  const done = "SELECT count(*) FROM jobs WHERE state = 'done'"

  test('pages of rows that are gone are found, and not once they are given back', async () => {
    expect(await find(done)).toEqual([
      expect.stringMatching(
        /^reads \d{3} pages of jobs to see 800 rows, which need 1\d → VACUUM \(FULL, ANALYZE\) jobs; against its coming back: delete by dropping partitions, or ALTER TABLE jobs SET \(autovacuum_vacuum_scale_factor = 0\.02\)$/,
      ),
    ])
    await within(database(), 'CREATE TABLE fresh AS SELECT * FROM jobs; ANALYZE fresh', async () => {
      expect(await find(done.replace('jobs', 'fresh'), { insideTransaction: true })).toEqual([])
    })
  })

  test('rows that were deleted since, and never vacuumed, are seen', async () => {
    await within(database(), 'DELETE FROM kept WHERE id % 20 <> 0', async () => {
      expect(await find('SELECT count(state) FROM kept', { insideTransaction: true })).toEqual([
        expect.stringMatching(/^reads [\d,]+ pages of kept to see 2,000 rows, which need \d+ → /),
      ])
    })
  })

  test('full pages, room that fillfactor leaves, large values and few pages do not smell', async () => {
    expect(await find("SELECT count(*) FROM kept WHERE state = 'lost'")).toEqual([])
    expect(
      await find('SELECT count(*) FROM kept WHERE id < 0', { settings: { enable_indexscan: false, enable_bitmapscan: false } }),
    ).toEqual([])
    expect(await find("SELECT count(*) FROM documents WHERE body LIKE '%y%'")).toEqual([])
    expect(await find('SELECT * FROM jobs WHERE id = 50')).toEqual([])
    expect(await find(done, { analyze: false })).toEqual([])
  })
})
