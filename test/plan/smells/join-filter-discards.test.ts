import { expect, test } from 'vitest'
import { joinFilterDiscards } from '../../../src/plan/smells/join-filter-discards.js'
import { describeEachPostgres } from '../with-postgres.js'
import { findIn, within } from './find.js'

const SETUP = `
  CREATE TABLE visits (id int PRIMARY KEY, user_id int NOT NULL, guest_id int NOT NULL, at int NOT NULL);
  INSERT INTO visits SELECT i, i, i + 5000, i FROM generate_series(1, 5000) i;
  CREATE TABLE people (id int PRIMARY KEY, other_id int NOT NULL, name text NOT NULL);
  INSERT INTO people SELECT i * 10, i * 10 + 1, 'n' || i FROM generate_series(1, 300) i;
  CREATE TABLE windows (id int PRIMARY KEY, starts int NOT NULL, ends int NOT NULL);
  INSERT INTO windows SELECT i, i * 100, i * 100 + 1 FROM generate_series(1, 40) i;
`

await describeEachPostgres(SETUP, (database) => {
  const find = (sql: string, options?: Parameters<typeof findIn>[3]) => findIn(database(), joinFilterDiscards, sql, options)
  const either = 'SELECT v.id, p.id FROM visits v JOIN people p ON p.id = v.user_id OR p.other_id = v.guest_id'

  test('an OR over both sides is found, and not as a UNION of two joins', async () => {
    expect(await find(either)).toEqual([
      expect.stringMatching(
        /^compares 1,500,000 pairs of rows to keep 300 → Join once for each side of the OR, and put the two together by UNION: \(\(p\.id = v\.user_id\) OR \(p\.other_id = v\.guest_id\)\)$/,
      ),
    ])
    const union = [
      'SELECT v.id, p.id FROM visits v JOIN people p ON p.id = v.user_id',
      'SELECT v.id, p.id FROM visits v JOIN people p ON p.other_id = v.guest_id',
    ].join(' UNION ')
    expect(await find(union)).toEqual([])
  })

  test('a range that is compared pair by pair is found, and not once the index of the remedy is there', async () => {
    const inside = 'SELECT w.id, v.id FROM windows w JOIN visits v ON v.at >= w.starts AND v.at < w.ends'
    const settings = { enable_material: false }
    const [found] = await find(inside, { settings })
    expect(found).toMatch(/^compares 200,000 pairs of rows to keep 40 → CREATE INDEX ON (visits \(at\)|windows \(starts\))$/)
    await within(database(), 'CREATE INDEX ON visits (at)', async () => {
      expect(await find(inside, { settings: { random_page_cost: 1.1 }, insideTransaction: true })).toEqual([])
    })
  })

  test('what no index can meet is told as it stands', async () => {
    expect(await find('SELECT * FROM visits v JOIN people p ON v.user_id + p.id = 77')).toEqual([
      expect.stringMatching(
        /^compares 1,500,000 pairs of rows to keep \d+ → Join by = between columns, which can be hashed, instead of \(/,
      ),
    ])
  })

  test('a plan that was only estimated shows it by both sides of a Nested Loop', async () => {
    expect(await find(either, { analyze: false })).toEqual([
      expect.stringMatching(/^compares 1,500,000 pairs of rows to keep \d+ → Join once/),
    ])
  })

  test('few pairs, and pairs that are kept, do not smell', async () => {
    expect(await find('SELECT * FROM windows a JOIN windows b ON a.starts < b.ends')).toEqual([])
    expect(await find('SELECT * FROM visits v JOIN windows w ON v.at > w.ends')).toEqual([])
  })
})
