import { expect, test } from 'vitest'
import { staleStatistics } from '../../../src/plan/smells/stale-statistics.js'
import { describeEachPostgres, SHOP } from '../with-postgres.js'
import { findIn, within } from './find.js'

await describeEachPostgres(SHOP, (database) => {
  const find = (sql: string) => findIn(database(), staleStatistics, sql, { insideTransaction: true })
  const stale = async (setup: string, sql: string, analyze: string): Promise<readonly string[]> => {
    let found: readonly string[] = []
    await within(database(), setup, async () => {
      found = await find(sql)
      await database().sql.query(analyze)
      expect(await find(sql)).toEqual([])
    })
    return found
  }

  test('a table that was never analysed is found, and not once it was', async () => {
    const setup = 'CREATE TABLE fresh AS SELECT * FROM generate_series(1, 5000) id'
    expect(await stale(setup, 'SELECT * FROM fresh a, fresh b WHERE a.id = b.id', 'ANALYZE fresh')).toEqual([
      'fresh was never analysed → ANALYZE fresh',
    ])
  })

  test('a table that was empty, or half as large, when it was analysed is found', async () => {
    const fill = "INSERT INTO shop.orders SELECT i, repeat('x', 100) FROM generate_series(1, 5000) i"
    expect(await stale(fill, 'SELECT * FROM shop.orders', 'ANALYZE shop.orders')).toEqual([
      expect.stringMatching(/^shop\.orders was empty when it was last analysed, and has \d{2} pages now → ANALYZE shop\.orders$/),
    ])
    const double = 'INSERT INTO orders (user_id, status, created_at) SELECT user_id, status, created_at FROM orders, generate_series(1, 2)'
    expect(await stale(double, 'SELECT * FROM orders WHERE id = 7', 'ANALYZE orders')).toEqual([
      expect.stringMatching(/^orders had 417 pages when it was last analysed, and has 1,\d{3} pages now → ANALYZE orders$/),
    ])
  })

  test('a partition is named itself', async () => {
    const fill = "INSERT INTO events SELECT i, '2023-05-05', 'k' FROM generate_series(100000, 150000) i"
    expect(await stale(fill, 'SELECT count(*) FROM events', 'ANALYZE events')).toEqual([
      expect.stringMatching(/^events_2023 had \d+ pages when it was last analysed, and has \d+ pages now → ANALYZE events_2023$/),
    ])
  })

  test('small tables and analysed ones do not smell', async () => {
    await within(database(), 'CREATE TABLE tiny AS SELECT 1 AS id', async () => {
      expect(await find('SELECT * FROM tiny')).toEqual([])
      expect(await find('SELECT count(*) FROM orders, countries')).toEqual([])
      expect(await find('SELECT 1')).toEqual([])
    })
  })
})
