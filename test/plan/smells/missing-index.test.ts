import { expect, test } from 'vitest'
import { missingIndex } from '../../../src/plan/smells/missing-index.js'
import { describeEachPostgres, SHOP } from '../with-postgres.js'
import { findIn, within } from './find.js'

const SETUP = `${SHOP}
  CREATE TABLE codes (id int PRIMARY KEY, "Kind" varchar NOT NULL, k int, note text);
  INSERT INTO codes SELECT i, 'k' || i % 5000, i, repeat('x', 50) FROM generate_series(1, 20000) i;
  CREATE INDEX codes_k_idx ON codes (k);
`

await describeEachPostgres(SETUP, (database) => {
  const find = (sql: string, options?: Parameters<typeof findIn>[3]) => findIn(database(), missingIndex, sql, options)

  test('a few rows out of a large table are found, and not once the index of the remedy is there', async () => {
    const lost = 'SELECT * FROM orders WHERE total = 77'
    expect(await find(lost)).toEqual(['reads 50,000 rows of orders to return 1 → CREATE INDEX ON orders (total)'])
    await within(database(), 'CREATE INDEX ON orders (total)', async () => {
      expect(await find(lost, { insideTransaction: true })).toEqual([])
    })
  })

  test('the index of the remedy has what is compared with one value first, then the order', async () => {
    expect(await find("SELECT * FROM orders o WHERE status = 'lost' AND total > 7 LIMIT 5")).toEqual([
      'reads 50,000 rows of orders to return 0 → CREATE INDEX ON orders (status, total)',
    ])
    expect(await find('SELECT * FROM codes WHERE "Kind" = \'k7\' ORDER BY note DESC, k LIMIT 5')).toEqual([
      'reads 20,000 rows of codes to return 4 → CREATE INDEX ON codes ("Kind", note DESC, k)',
    ])
    await within(database(), 'CREATE INDEX ON codes ("Kind", note DESC, k)', async () => {
      const sql = 'SELECT * FROM codes WHERE "Kind" = \'k7\' ORDER BY note DESC, k LIMIT 5'
      expect(await find(sql, { insideTransaction: true })).toEqual([])
    })
  })

  test('either of two conditions takes an index of its own', async () => {
    const either = "SELECT * FROM orders WHERE total = 77 OR status = 'lost'"
    expect(await find(either)).toEqual([
      'reads 50,000 rows of orders to return 1 → CREATE INDEX ON orders (total); CREATE INDEX ON orders (status)',
    ])
    await within(database(), 'CREATE INDEX ON orders (total)', async () => {
      expect(await find(either, { insideTransaction: true })).toEqual([
        'reads 50,000 rows of orders to return 1 → CREATE INDEX ON orders (status)',
      ])
    })
    await within(database(), 'CREATE INDEX ON orders (total); CREATE INDEX ON orders (status)', async () => {
      expect(await find(either, { insideTransaction: true })).toEqual([])
    })
  })

  test('an index that is there and cannot be used is named, an expression shown', async () => {
    expect(await find('SELECT * FROM codes WHERE k = 7', { settings: { enable_indexscan: false, enable_bitmapscan: false } })).toEqual([
      'reads 20,000 rows of codes to return 1 → RESET enable_bitmapscan, enable_indexscan: codes_k_idx (k) is there and was not used',
    ])
    expect(await find('SELECT * FROM codes WHERE k = 7', { settings: { random_page_cost: 100_000 } })).toEqual([
      'reads 20,000 rows of codes to return 1 → codes_k_idx (k) is there and was not used: compare the bare column with a value of its own type, and ANALYZE codes',
    ])
    expect(await find('SELECT * FROM codes WHERE k::numeric = 7.0')).toEqual([
      'reads 20,000 rows of codes to return 1 → Index what is compared, as an expression or a partial index: ((k)::numeric = 7.0)',
    ])
  })

  test('an index walked from end to end for its order alone is as bad', async () => {
    const sql = 'SELECT id FROM orders WHERE total = 77 ORDER BY id'
    expect(await find(sql, { settings: { enable_seqscan: false } })).toEqual([
      'reads 50,000 rows of orders to return 1 → CREATE INDEX ON orders (total)',
    ])
  })

  test('a partition stands for its table', async () => {
    expect(await find('SELECT * FROM events WHERE id = -1', { settings: { enable_indexscan: false, enable_bitmapscan: false } })).toEqual([
      expect.stringMatching(
        /^reads 10,\d{3} rows of events to return 0 → RESET enable_bitmapscan, enable_indexscan: events_pkey \(id, at\) is there/,
      ),
      expect.stringMatching(
        /^reads 9,\d{3} rows of events to return 0 → RESET enable_bitmapscan, enable_indexscan: events_pkey \(id, at\) is there/,
      ),
    ])
  })

  test('a plan that was only estimated shows it by the size of the table', async () => {
    expect(await find('SELECT * FROM orders WHERE total = 77', { analyze: false })).toEqual([
      'reads 50,000 rows of orders to return 1 → CREATE INDEX ON orders (total)',
    ])
  })

  test('a foreign key without an index is seen where its table is read whole to be joined to few rows', async () => {
    const noted = 'SELECT c.note FROM orders o JOIN codes c ON c.id = o.id JOIN notes n ON n.code_id = c.id WHERE o.user_id = 42'
    const notes =
      'CREATE TABLE notes AS SELECT i AS id, i AS code_id, repeat($$x$$, 50) AS text FROM generate_series(1, 20000) i; ANALYZE notes'
    await within(database(), notes, async () => {
      const found = ['reads 20,000 rows of notes to join 40 → CREATE INDEX ON notes (code_id)']
      expect(await find(noted, { insideTransaction: true })).toEqual(found)
      expect(await find(noted, { insideTransaction: true, analyze: false })).toEqual([
        expect.stringMatching(/^reads 20,000 rows of notes to join \d+ → CREATE INDEX ON notes \(code_id\)$/),
      ])
      await database().sql.query('CREATE INDEX ON notes (code_id)')
      expect(await find(noted, { insideTransaction: true })).toEqual([])
    })
  })

  test('a small table, a table needed whole and a share that no index would serve do not smell', async () => {
    expect(await find("SELECT * FROM countries WHERE code <> 'de'")).toEqual([])
    expect(await find('SELECT sum(total) FROM orders')).toEqual([])
    // 1,000 of 50,000 rows, of which every page has two.
    expect(await find('SELECT sum(total) FROM orders WHERE total::int % 50 = 0')).toEqual([])
    expect(await find('SELECT count(*) FROM codes c JOIN orders o ON o.total = c.k')).toEqual([])
    expect(await find('SELECT count(*) FROM orders o LEFT JOIN countries c ON c.code = o.status')).toEqual([])
    expect(await find("SELECT sum(total) FROM orders WHERE status = 'open'")).toEqual([])
    expect(await find("SELECT sum(total) FROM orders WHERE status = 'open'", { analyze: false })).toEqual([])
  })
})
