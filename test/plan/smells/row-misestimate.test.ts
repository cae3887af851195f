import { expect, test } from 'vitest'
import { rowMisestimate } from '../../../src/plan/smells/row-misestimate.js'
import { describeEachPostgres } from '../with-postgres.js'
import { findIn, within } from './find.js'

const SETUP = `
  CREATE TABLE addresses (id int PRIMARY KEY, city text NOT NULL, zip text NOT NULL, kind int NOT NULL, code int NOT NULL);
  INSERT INTO addresses SELECT i, 'city ' || i % 40, 'zip ' || i % 40, CASE WHEN i % 20 = 0 THEN 1 WHEN i % 10 = 1 THEN 2 ELSE i END, i FROM generate_series(1, 50000) i;
  ALTER TABLE addresses ALTER COLUMN kind SET STATISTICS 1;
  CREATE TABLE events (id int, at date NOT NULL, city text NOT NULL, zip text NOT NULL) PARTITION BY RANGE (at);
  CREATE TABLE events_2024 PARTITION OF events FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
  INSERT INTO events SELECT i, '2024-01-01', 'city ' || i % 40, 'zip ' || i % 40 FROM generate_series(1, 50000) i;
`

await describeEachPostgres(SETUP, (database) => {
  const find = (sql: string, options?: Parameters<typeof findIn>[3]) => findIn(database(), rowMisestimate, sql, options)
  const correlated = "SELECT * FROM addresses WHERE city = 'city 7' AND zip = 'zip 7'"

  test('columns that depend on each other are found, and not once the statistics of the remedy are there', async () => {
    expect(await find(correlated)).toEqual([
      expect.stringMatching(
        /^expects \d{2} rows of addresses and 1,250 came, \d{2} times more → CREATE STATISTICS addresses_city_zip_stat ON city, zip FROM addresses; ANALYZE addresses$/,
      ),
    ])
    await within(database(), 'CREATE STATISTICS addresses_city_zip_stat ON city, zip FROM addresses; ANALYZE addresses', async () => {
      expect(await find(correlated, { insideTransaction: true })).toEqual([])
    })
  })

  test('one column takes more detailed statistics', async () => {
    const sql = 'SELECT * FROM addresses WHERE kind = 1'
    expect(await find(sql)).toEqual([
      expect.stringMatching(/^expects .* came, .* → ALTER TABLE addresses ALTER COLUMN kind SET STATISTICS 1000; ANALYZE addresses$/),
    ])
    await within(database(), 'ALTER TABLE addresses ALTER COLUMN kind SET STATISTICS 1000; ANALYZE addresses', async () => {
      expect(await find(sql, { insideTransaction: true })).toEqual([])
    })
  })

  test('an expression takes statistics of its own', async () => {
    expect(await find('SELECT * FROM addresses WHERE code % 2 = 0')).toEqual([
      expect.stringMatching(
        /^expects 250 rows of addresses and 25,000 came, 100 times more → CREATE STATISTICS on the expression that is compared, \(\(code % 2\) = 0\), then ANALYZE addresses$/,
      ),
    ])
    await within(database(), 'CREATE STATISTICS even ON (code % 2) FROM addresses; ANALYZE addresses', async () => {
      expect(await find('SELECT * FROM addresses WHERE code % 2 = 0', { insideTransaction: true })).toEqual([])
    })
  })

  test('fewer rows than expected count where all were asked for', async () => {
    const none = "SELECT * FROM addresses WHERE city = 'city 7' AND zip <> 'zip 7'"
    const text =
      /^expects 1,\d{3} rows of addresses and 0 came, 1,\d{3} times fewer → CREATE STATISTICS addresses_city_zip_stat ON city, zip FROM /
    expect(await find(none)).toEqual([expect.stringMatching(text)])
    expect(await find(none.replace('*', 'count(*)'))).toEqual([expect.stringMatching(text)])
    expect(await find(`${none} LIMIT 1`)).toEqual([])
    expect(await find(`SELECT exists (${none})`)).toEqual([])
    expect(await find('SELECT * FROM addresses WHERE id > 0 LIMIT 5')).toEqual([])
    await within(database(), 'CREATE STATISTICS addresses_city_zip_stat ON city, zip FROM addresses; ANALYZE addresses', async () => {
      expect(await find(none, { insideTransaction: true })).toEqual([])
    })
  })

  test('statistics of a partition are its own', async () => {
    expect(await find("SELECT * FROM events WHERE city = 'city 7' AND zip = 'zip 7'")).toEqual([
      expect.stringContaining('→ CREATE STATISTICS events_2024_city_zip_stat ON city, zip FROM events_2024; ANALYZE events_2024'),
    ])
  })

  test('good estimates, few rows, generic plans and plans that were only estimated do not smell', async () => {
    expect(await find("SELECT * FROM addresses WHERE city = 'city 7'")).toEqual([])
    expect(await find('SELECT * FROM addresses WHERE id < 900 AND code < 900')).toEqual([])
    expect(await find('SELECT * FROM addresses WHERE kind = $1', { params: [1], generic: true })).toEqual([])
    expect(await find(correlated, { analyze: false })).toEqual([])
  })
})
