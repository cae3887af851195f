import { expect, test } from 'vitest'
import { quoteName, quoteTable, tableLabel } from '../../src/primitives/sql-name.js'
import { describeEachPostgres } from '../plan/with-postgres.js'

test('a table is named with its schema, unless that is public', () => {
  const tables = [{ name: 'orders' }, { schema: 'public', name: 'Orders' }, { schema: 'shop', name: 'user' }]
  expect(tables.map(quoteTable)).toEqual(['orders', '"Orders"', 'shop."user"'])
  expect(tables.map(tableLabel)).toEqual(['orders', 'Orders', 'shop.user'])
})

await describeEachPostgres('', (database) => {
  test('names are quoted as PostgreSQL quotes them, its keywords among them', async () => {
    const names = ['orders', '_a1', 'a$b', 'Kind', 'a"b', 'größe', '1a', 'a b']
    const { rows } = await database().sql.query(
      'SELECT word, quote_ident(word) AS quoted FROM (SELECT word FROM pg_get_keywords() UNION SELECT unnest($1::text[])) AS words',
      [names],
    )
    expect(rows.length).toBeGreaterThan(400)
    expect(rows.filter(({ word, quoted }) => quoteName(String(word)) !== quoted)).toEqual([])
  })
})
