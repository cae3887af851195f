import { expect, test } from 'vitest'
import { correlatedSubquery } from '../../../src/plan/smells/correlated-subquery.js'
import { describeEachPostgres } from '../with-postgres.js'
import { findIn } from './find.js'

const SETUP = `
  CREATE TABLE products (id int PRIMARY KEY, name text NOT NULL);
  INSERT INTO products SELECT i, 'p' || i FROM generate_series(1, 3000) i;
  CREATE TABLE items (id int PRIMARY KEY, product_id int NOT NULL, amount int NOT NULL);
  INSERT INTO items SELECT i, 1 + i % 3000, i % 7 FROM generate_series(1, 30000) i;
  CREATE INDEX items_product_id_idx ON items (product_id);
  CREATE TABLE reviews (id int PRIMARY KEY, product_id int NOT NULL);
  INSERT INTO reviews SELECT i, 1 + i % 3000 FROM generate_series(1, 90000) i;
`

await describeEachPostgres(SETUP, (database) => {
  const find = (sql: string, options?: Parameters<typeof findIn>[3]) => findIn(database(), correlatedSubquery, sql, options)

  test('a subquery for each row is found, and not as the join of the remedy', async () => {
    expect(await find('SELECT p.name, (SELECT sum(i.amount) FROM items i WHERE i.product_id = p.id) FROM products p')).toEqual([
      expect.stringMatching(
        /^runs SubPlan 1 3,000 times, 3\d,\d{3} buffers → Join it once: LEFT JOIN \(SELECT product_id, … FROM items GROUP BY product_id\)$/,
      ),
    ])
    expect(
      await find(
        'SELECT p.name, i.sum FROM products p LEFT JOIN (SELECT product_id, sum(amount) FROM items GROUP BY product_id) i ON i.product_id = p.id',
      ),
    ).toEqual([])
  })

  test('few runs that read a table whole are as bad, and an index is the other remedy', async () => {
    const sql = 'SELECT p.name, (SELECT count(*) FROM reviews r WHERE r.product_id = p.id) FROM products p WHERE p.id <= 30'
    expect(await find(sql)).toEqual([
      expect.stringMatching(
        /^runs SubPlan 1 30 times, 1\d,\d{3} buffers → Join it once: LEFT JOIN \(SELECT product_id, … FROM reviews GROUP BY product_id\), or CREATE INDEX ON reviews \(product_id\)$/,
      ),
    ])
  })

  test('a subquery that runs once, a hashed one, one for the rows of a page, and a plan that was only estimated do not smell', async () => {
    expect(await find('SELECT name FROM products WHERE id = (SELECT max(product_id) FROM items)')).toEqual([])
    expect(await find('SELECT name FROM products WHERE id NOT IN (SELECT product_id FROM items)')).toEqual([])
    const page = 'SELECT p.name, (SELECT sum(i.amount) FROM items i WHERE i.product_id = p.id) FROM products p ORDER BY p.id'
    expect(await find(`${page} LIMIT 20`)).toEqual([])
    expect(await find(page, { analyze: false })).toEqual([])
  })
})
