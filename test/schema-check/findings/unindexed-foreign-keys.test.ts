import { expect, test } from 'vitest'
import { describeSchema } from '../schema.js'

const SETUP = `
  CREATE TABLE users (id int PRIMARY KEY, tenant int NOT NULL, code varchar(9) UNIQUE, UNIQUE (tenant, id));
  INSERT INTO users SELECT i, i % 7, 'c' || i FROM generate_series(1, 100) i;
  CREATE TABLE orders (id int PRIMARY KEY, user_id int NOT NULL CONSTRAINT orders_user REFERENCES users ON DELETE CASCADE);
  INSERT INTO orders SELECT i, 1 + i % 100 FROM generate_series(1, 20000) i;

  CREATE TABLE served (id bigint PRIMARY KEY, a int REFERENCES users, b int REFERENCES users, c text REFERENCES users (code), d bigint REFERENCES users,
    e int REFERENCES users, f int UNIQUE REFERENCES users, tenant int, g int, FOREIGN KEY (tenant, g) REFERENCES users (tenant, id), h int REFERENCES users);
  CREATE INDEX ON served (a, b);
  CREATE INDEX ON served (b) WHERE b IS NOT NULL;
  CREATE INDEX ON served (c varchar_pattern_ops);
  CREATE INDEX ON served (d);
  CREATE INDEX ON served USING hash (e);
  CREATE INDEX ON served (g DESC, tenant, a);
  CREATE INDEX ON served (h) INCLUDE (a);

  CREATE SCHEMA shop;
  CREATE TABLE shop."Lines" (id int PRIMARY KEY,
    "partial" int CONSTRAINT k1_partial REFERENCES users,
    second int CONSTRAINT k2_second REFERENCES users,
    "Range" int CONSTRAINT k3_brin REFERENCES users DEFERRABLE INITIALLY DEFERRED,
    "Parent" int CONSTRAINT k4_self REFERENCES shop."Lines",
    other text COLLATE "C" CONSTRAINT k5_collation REFERENCES users (code),
    tenant int, user_id int, CONSTRAINT k6_two FOREIGN KEY (tenant, user_id) REFERENCES users (tenant, id) ON DELETE SET NULL);
  CREATE INDEX ON shop."Lines" ("partial") WHERE id > 5;
  CREATE INDEX ON shop."Lines" (id, second);
  CREATE INDEX ON shop."Lines" USING brin ("Range");
  CREATE INDEX ON shop."Lines" (other COLLATE "POSIX");
  CREATE INDEX ON shop."Lines" (tenant, id, user_id);

  CREATE TABLE events (id int, at int, user_id int CONSTRAINT events_user REFERENCES users, other_id int CONSTRAINT events_other REFERENCES users, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
  CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM (0) TO (10);
  CREATE TABLE events_2 (user_id int, other_id int, id int NOT NULL, at int NOT NULL);
  ALTER TABLE events ATTACH PARTITION events_2 FOR VALUES FROM (10) TO (20);
  CREATE INDEX ON events_1 (other_id);
  CREATE INDEX ON events_2 (other_id);
  CREATE TABLE notes (id int PRIMARY KEY, event_id int, at int, CONSTRAINT notes_event FOREIGN KEY (event_id, at) REFERENCES events (id, at));
  CREATE INDEX ON notes (event_id, at);
`

await describeSchema(SETUP, ({ database, lines }) => {
  test('keys that no index leads with are reported with what a delete costs, and those that one serves are not', async () => {
    expect((await lines('unindexed-foreign-key')).join('\n')).toMatchInlineSnapshot(`
      "events_user: no index on events leads with (user_id). Each DELETE from users (ON DELETE NO ACTION) reads the whole of events (0 rows, 0 kB)
        CREATE INDEX ON events (user_id);
      orders_user: no index on orders leads with (user_id). Each DELETE from users (ON DELETE CASCADE) reads the whole of orders (20,000 rows, 712 kB)
        CREATE INDEX ON orders (user_id);
      k1_partial: no index on shop.Lines leads with (partial). Each DELETE from users (ON DELETE NO ACTION) reads the whole of shop.Lines (0 rows, 0 kB)
        CREATE INDEX ON shop."Lines" (partial);
      k2_second: no index on shop.Lines leads with (second). Each DELETE from users (ON DELETE NO ACTION) reads the whole of shop.Lines (0 rows, 0 kB)
        CREATE INDEX ON shop."Lines" (second);
      k3_brin: no index on shop.Lines leads with (Range). Each DELETE from users (ON DELETE NO ACTION) reads the whole of shop.Lines (0 rows, 0 kB)
        CREATE INDEX ON shop."Lines" ("Range");
      k4_self: no index on shop.Lines leads with (Parent). Each DELETE from shop.Lines (ON DELETE NO ACTION) reads the whole of shop.Lines (0 rows, 0 kB)
        CREATE INDEX ON shop."Lines" ("Parent");
      k5_collation: no index on shop.Lines leads with (other). Each DELETE from users (ON DELETE NO ACTION) reads the whole of shop.Lines (0 rows, 0 kB)
        CREATE INDEX ON shop."Lines" (other);
      k6_two: no index on shop.Lines leads with (tenant, user_id). Each DELETE from users (ON DELETE SET NULL) reads the whole of shop.Lines (0 rows, 0 kB)
        CREATE INDEX ON shop."Lines" (tenant, user_id);"
    `)
  })

  test('the index of the remedy is enough', async () => {
    const { sql } = database()
    await sql.query('BEGIN; CREATE INDEX ON orders (user_id)')
    expect(await lines('unindexed-foreign-key')).not.toContainEqual(expect.stringContaining('orders_user'))
    await sql.query('ROLLBACK')
  })

  test('one partition without the index is reported once, at its table', async () => {
    const { sql } = database()
    await sql.query('DROP INDEX events_2_other_id_idx')
    const found = (await lines('unindexed-foreign-key')).filter((line) => line.startsWith('events_other'))
    expect(found).toEqual([expect.stringContaining('CREATE INDEX ON events (other_id);')])
    await sql.query('CREATE INDEX ON events_2 (other_id)')
  })
})
