import { beforeAll, expect, test } from 'vitest'
import { explain } from '../../../src/plan/explain.js'
import { ALL_SMELLS } from '../../../src/plan/smells/all-smells.js'
import { deepOffset } from '../../../src/plan/smells/deep-offset.js'
import { findSmells } from '../../../src/plan/smells/find-smells.js'
import { describeEachPostgres, SHOP } from '../with-postgres.js'

const SETUP = `${SHOP}
  CREATE TABLE items (id int PRIMARY KEY, order_id bigint NOT NULL REFERENCES orders ON DELETE CASCADE, product_id int NOT NULL, amount int NOT NULL);
  INSERT INTO items SELECT i, 1 + i % 50000, i % 300, i % 5 FROM generate_series(1, 60000) i;
  CREATE INDEX items_order_id_idx ON items (order_id);
  CREATE INDEX items_product_id_idx ON items (product_id);
  CREATE TABLE products (id int PRIMARY KEY, name text NOT NULL, price int NOT NULL);
  INSERT INTO products SELECT i, 'p' || i, i FROM generate_series(1, 300) i;
  CREATE TABLE carts (id int PRIMARY KEY, user_id int);
`

/** What a shop asks all day, with the indexes that it needs, and some reports. */
const ORDINARY = [
  'SELECT * FROM orders WHERE id = 77',
  'SELECT * FROM orders WHERE user_id = 42 ORDER BY created_at DESC LIMIT 20',
  'SELECT * FROM orders WHERE user_id = 42 ORDER BY created_at DESC LIMIT 20 OFFSET 40',
  'SELECT * FROM orders ORDER BY created_at LIMIT 10',
  "SELECT count(*) FROM orders WHERE status = 'open'",
  'SELECT status, sum(total) FROM orders GROUP BY status',
  'SELECT user_id, count(*) FROM orders GROUP BY user_id ORDER BY 2 DESC LIMIT 10',
  'SELECT o.id, i.product_id FROM orders o JOIN items i ON i.order_id = o.id WHERE o.user_id = 42',
  'SELECT p.name, sum(i.amount) FROM items i JOIN products p ON p.id = i.product_id GROUP BY p.name',
  'SELECT * FROM orders o WHERE user_id = 7 AND EXISTS (SELECT FROM items i WHERE i.order_id = o.id AND i.product_id = 5)',
  'SELECT p.*, (SELECT count(*) FROM items i WHERE i.product_id = p.id) FROM products p ORDER BY p.id LIMIT 10',
  'SELECT * FROM orders WHERE id IN (1, 500, 30000)',
  'SELECT * FROM orders WHERE id = ANY (ARRAY(SELECT order_id FROM items WHERE product_id = 9))',
  'SELECT DISTINCT ON (user_id) * FROM orders WHERE user_id < 5 ORDER BY user_id, created_at DESC',
  'SELECT *, row_number() OVER (PARTITION BY user_id ORDER BY created_at DESC) FROM orders WHERE user_id = 8',
  "SELECT * FROM events WHERE kind = 'k7' AND at >= '2024-01-01'",
  'SELECT max(created_at) FROM orders',
  "SELECT * FROM products WHERE name LIKE '%7%'",
  'SELECT * FROM carts WHERE user_id = 7',
  'WITH recent AS (SELECT id FROM orders ORDER BY created_at DESC LIMIT 50) SELECT i.* FROM recent r JOIN items i ON i.order_id = r.id',
  "INSERT INTO orders (user_id, status, created_at) VALUES (1, 'open', now())",
  "INSERT INTO products VALUES (1, 'new', 2) ON CONFLICT (id) DO UPDATE SET name = excluded.name",
  "UPDATE orders SET status = 'done' WHERE id = 77",
  'DELETE FROM orders WHERE id = 77',
  'UPDATE products SET price = price + 1',
]

await describeEachPostgres(SETUP, (database) => {
  const find = async (sql: string, analyze = true) =>
    findSmells(await explain(database().sql, sql, [], { analyze })).map(({ smell, finding }) => `${smell.id}: ${finding.text}`)

  beforeAll(async () => {
    // A commit that is not flushed, as with synchronous_commit = off, is not visible to all for VACUUM: index-only scans would visit tables.
    await database().sql.query('CHECKPOINT')
    await database().sql.query('VACUUM')
  })

  test.each(ORDINARY)('nothing smells in %s', async (sql) => {
    expect(await find(sql)).toEqual([])
    expect(await find(sql, false)).toEqual([])
  })

  test('all smells of a plan are found, in the order of the catalogue', async () => {
    const both = 'SELECT * FROM (SELECT * FROM orders ORDER BY id LIMIT 10 OFFSET 20000) o, items i WHERE i.id * 7 = 77'
    const found = (await find(both)).map((text) => text.split(':')[0])
    expect(found).toEqual(ALL_SMELLS.map(({ id }) => id).filter((id) => found.includes(id)))
    expect(found).toContain('missing-index')
    expect(found).toContain('deep-offset')
  })

  test('only those asked for are looked for', async () => {
    const plan = await explain(database().sql, 'SELECT * FROM orders WHERE total = 5 ORDER BY id LIMIT 1')
    expect(findSmells(plan, [deepOffset])).toEqual([])
  })

  test('a small table of a projected size smells', async () => {
    const { sql } = database()
    const lookup = "SELECT * FROM products WHERE name = 'p7'"
    await sql.query('BEGIN')
    await sql.query("UPDATE pg_class SET reltuples = 3000000, relpages = 20000 WHERE relname = 'products'")
    const plan = await explain(sql, lookup, [], { analyze: false, insideTransaction: true })
    await sql.query('ROLLBACK')
    expect(findSmells(plan)[0]?.finding).toMatchObject({
      text: 'reads 3,000,000 rows of products to return 1',
      remedy: 'CREATE INDEX ON products (name)',
    })
  })
})
