import { expect, test } from 'vitest'
import { adviseCandidates } from '../../../src/plan/advise/candidates.js'
import { explain } from '../../../src/plan/explain.js'
import { describeEachPostgres } from '../with-postgres.js'

const SETUP = `
  CREATE TABLE users (id int PRIMARY KEY, email text NOT NULL, name varchar(20));
  INSERT INTO users SELECT i, 'u' || i || '@example.com', 'n' || i FROM generate_series(1, 2000) i;
  CREATE TABLE orders (id int PRIMARY KEY, user_id int NOT NULL, status text NOT NULL, code int NOT NULL, doc jsonb, deleted_at date, created_at timestamptz NOT NULL);
  INSERT INTO orders SELECT i, i % 1000, CASE WHEN i % 50 = 0 THEN 'open' ELSE 'done' END, i, '{}', NULL, '2024-01-01'::timestamptz + i * interval '1 minute' FROM generate_series(1, 20000) i;
  CREATE INDEX orders_created_at_user_id_idx ON orders (created_at, user_id);
  CREATE SCHEMA shop;
  CREATE TABLE shop."Events" (id int, at date NOT NULL, kind text) PARTITION BY RANGE (at);
  CREATE TABLE shop.events_2023 PARTITION OF shop."Events" FOR VALUES FROM ('2023-01-01') TO ('2024-01-01');
  CREATE TABLE shop.events_2024 PARTITION OF shop."Events" FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
  INSERT INTO shop."Events" SELECT i, '2023-01-01'::date + i % 700, 'k' || i % 500 FROM generate_series(1, 20000) i;
`

await describeEachPostgres(SETUP, (database) => {
  const advise = async (sql: string, params: readonly unknown[] = []): Promise<readonly string[]> =>
    adviseCandidates(await explain(database().sql, sql, params)).map(({ ddl, misordered }) =>
      misordered === undefined ? ddl : `${ddl} -- ${misordered.name} is badly ordered`,
    )

  test('columns with one value come before those of the order, and a constant of the text may be left to the predicate', async () => {
    expect(await advise("SELECT id, code FROM orders WHERE user_id = $1 AND status = 'open' ORDER BY code DESC LIMIT 5", [7]))
      .toMatchInlineSnapshot(`
        [
          "CREATE INDEX ON orders (user_id, status, code DESC);",
          "CREATE INDEX ON orders (user_id, status);",
          "CREATE INDEX ON orders (user_id, code DESC) WHERE status = 'open';",
          "CREATE INDEX ON orders (user_id, status, code DESC) INCLUDE (id);",
          "CREATE INDEX ON orders (user_id, code DESC) INCLUDE (id) WHERE status = 'open';",
        ]
      `)
  })

  test('a value that was given as a parameter makes no partial index', async () => {
    expect(await advise('SELECT * FROM orders WHERE status = $1', ['open'])).toMatchInlineSnapshot(`
      [
        "CREATE INDEX ON orders (status);",
      ]
    `)
  })

  test('an index with the same columns in another order is told', async () => {
    expect(await advise('SELECT * FROM orders WHERE user_id = 7 ORDER BY created_at DESC LIMIT 5')).toMatchInlineSnapshot(`
      [
        "CREATE INDEX ON orders (user_id, created_at DESC); -- orders_created_at_user_id_idx is badly ordered",
        "CREATE INDEX ON orders (user_id); -- orders_created_at_user_id_idx is badly ordered",
      ]
    `)
  })

  test('lists and ranges come last, one range at a time', async () => {
    expect(await advise("SELECT * FROM orders WHERE user_id IN (1, 2) AND code > 5 AND deleted_at < '2024-01-01'")).toMatchInlineSnapshot(`
      [
        "CREATE INDEX ON orders (user_id, code);",
        "CREATE INDEX ON orders (user_id, deleted_at);",
      ]
    `)
  })

  test('expressions are indexed as they are written, and casts both ways', async () => {
    expect(await advise("SELECT * FROM users WHERE lower(email) = 'u7@example.com'")).toMatchInlineSnapshot(`
      [
        "CREATE INDEX ON users (lower(email));",
      ]
    `)
    expect(await advise("SELECT * FROM orders WHERE code::text = '5'")).toMatchInlineSnapshot(`
      [
        "CREATE INDEX ON orders (code);",
        "CREATE INDEX ON orders (((code)::text));",
      ]
    `)
    expect(await advise("SELECT * FROM users WHERE name = 'n5'")).toMatchInlineSnapshot(`
      [
        "CREATE INDEX ON users (name);",
        "CREATE INDEX ON users (((name)::text));",
      ]
    `)
  })

  test('patterns and documents need another class or method', async () => {
    expect(await advise("SELECT * FROM users WHERE email LIKE 'u7%'")).toMatchInlineSnapshot(`
      [
        "CREATE INDEX ON users (email text_pattern_ops);",
      ]
    `)
    expect(await advise("SELECT * FROM users WHERE email LIKE '%7%'")).toMatchInlineSnapshot(`[]`)
    expect(await advise('SELECT * FROM orders WHERE doc @> \'{"a": 1}\'')).toMatchInlineSnapshot(`
      [
        "CREATE INDEX ON orders USING gin (doc);",
      ]
    `)
  })

  test('the table that a join reads whole is asked for the joined column, without the name it has in the statement', async () => {
    expect(
      await advise(
        "SELECT o.id FROM users u JOIN orders o ON o.user_id = u.id WHERE u.email = 'u7@example.com' AND lower(o.status) = 'open'",
      ),
    ).toMatchInlineSnapshot(`
      [
        "CREATE INDEX ON orders (lower(status));",
        "CREATE INDEX ON orders (lower(status), user_id);",
        "CREATE INDEX ON orders (lower(status)) INCLUDE (id, user_id, status);",
        "CREATE INDEX ON users (email);",
        "CREATE INDEX ON users (email, id);",
        "CREATE INDEX ON users (email) INCLUDE (id);",
      ]
    `)
  })

  test('partitions are indexed by their partitioned table', async () => {
    expect(await advise(`SELECT e.id FROM shop."Events" e WHERE e.kind = 'k7' ORDER BY e.id`)).toMatchInlineSnapshot(`
      [
        "CREATE INDEX ON shop."Events" (kind, id);",
        "CREATE INDEX ON shop."Events" (kind);",
        "CREATE INDEX ON shop."Events" (id) WHERE kind = 'k7';",
      ]
    `)
  })

  test('a subquery for each row is served by the column that it is compared by', async () => {
    expect(await advise('SELECT (SELECT count(*) FROM orders o WHERE o.user_id = u.id) FROM users u WHERE u.id < 3'))
      .toMatchInlineSnapshot(`
      [
        "CREATE INDEX ON orders (user_id); -- orders_created_at_user_id_idx is badly ordered",
      ]
    `)
  })

  test('nothing is advised where an index serves already, and where all rows are wanted', async () => {
    expect(await advise('SELECT * FROM users WHERE id = 7')).toEqual([])
    expect(await advise('SELECT * FROM users')).toEqual([])
    expect(await advise('SELECT 1')).toEqual([])
    expect(await advise("INSERT INTO users VALUES (9000, 'a', 'b')")).toEqual([])
  })

  test('what stands on one side of an OR only is not advised', async () => {
    expect(await advise("SELECT * FROM orders WHERE code = 1 OR status = 'open'")).toEqual([])
  })
})
