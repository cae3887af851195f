import { expect, test } from 'vitest'
import { describeSchema } from '../schema.js'

const SETUP = `
  CREATE TABLE t (id int PRIMARY KEY, a int, b int, c text, at timestamptz, CONSTRAINT t_b_key UNIQUE (b));
  INSERT INTO t SELECT i, i, i, i FROM generate_series(1, 3000) i;
  -- Duplicates.
  CREATE INDEX dup_pkey ON t (id);
  CREATE UNIQUE INDEX dup_unique ON t (b);
  CREATE INDEX dup_lower ON t (lower(c)) WHERE a > 5;
  CREATE INDEX dup_lower_2 ON t (lower(c)) WHERE a > 5;
  -- Redundant.
  CREATE INDEX red_a ON t (a);
  CREATE INDEX wide_a ON t (a, at DESC);
  CREATE INDEX wider_a ON t (a, at DESC, c);
  CREATE INDEX red_turned ON t (at DESC NULLS LAST);
  CREATE INDEX wide_turned ON t (at NULLS FIRST, c);
  CREATE INDEX red_included ON t (c) INCLUDE (b);
  CREATE INDEX wide_included ON t (c, a) INCLUDE (b, at);
  CREATE UNIQUE INDEX red_unique ON t (at, id);
  CREATE UNIQUE INDEX wide_unique ON t (at, id) INCLUDE (c);
  -- Each for itself.
  CREATE INDEX own_predicate ON t (a) WHERE b > 5;
  CREATE INDEX own_opclass ON t (c text_pattern_ops);
  CREATE INDEX own_method ON t USING hash (a);
  CREATE INDEX own_order ON t (at, a DESC);
  CREATE UNIQUE INDEX own_unique ON t (a, at DESC, id);
  CREATE UNIQUE INDEX own_enforced ON t (c, at);
  CREATE INDEX own_after ON t (c, at, b);
  CREATE INDEX own_collation ON t (c COLLATE "C");
  -- Of a partitioned table, once.
  CREATE TABLE events (id int, at int, kind text) PARTITION BY RANGE (at);
  CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM (0) TO (10);
  CREATE TABLE events_2 PARTITION OF events FOR VALUES FROM (10) TO (20);
  CREATE INDEX events_kind ON events (kind);
  CREATE INDEX events_kind_2 ON events (kind);
  CREATE INDEX events_2_local ON events_2 (kind);
  -- Needed by a foreign key, or the replica identity.
  CREATE TABLE parents (id int NOT NULL, CONSTRAINT parents_key UNIQUE (id));
  CREATE TABLE children (id int PRIMARY KEY REFERENCES parents (id));
  ALTER TABLE parents ADD CONSTRAINT parents_key_2 UNIQUE (id);
  CREATE TABLE published (a int NOT NULL, b int NOT NULL);
  CREATE UNIQUE INDEX published_a ON published (a);
  CREATE UNIQUE INDEX published_a_2 ON published (a);
  ALTER TABLE published REPLICA IDENTITY USING INDEX published_a_2;
`

await describeSchema(SETUP, ({ lines }) => {
  test('indexes that another one equals are reported, what a constraint needs is not', async () => {
    expect((await lines('duplicate-index')).join('\n')).toMatchInlineSnapshot(`
      "dup_pkey on t has the same columns, conditions and order as the primary key t_pkey (88 kB)
        DROP INDEX dup_pkey;
      dup_unique on t has the same columns, conditions and order as the constraint t_b_key (88 kB)
        DROP INDEX dup_unique;
      dup_lower_2 on t has the same columns, conditions and order as dup_lower (88 kB)
        DROP INDEX dup_lower_2;
      events_kind_2 on events has the same columns, conditions and order as events_kind
        DROP INDEX events_kind_2;
      events_2_local on events_2 has the same columns, conditions and order as events_2_kind_idx (8 kB)
        DROP INDEX events_2_local;
      parents_key_2 on parents has the same columns, conditions and order as the constraint parents_key (8 kB)
        ALTER TABLE parents DROP CONSTRAINT parents_key_2;
      published_a on published has the same columns, conditions and order as published_a_2 (8 kB)
        DROP INDEX published_a;"
    `)
  })

  test('indexes that another one begins with are reported, unless they enforce or serve something of their own', async () => {
    expect((await lines('redundant-index')).join('\n')).toMatchInlineSnapshot(`
      "red_a on t (a) is what wider_a (a, at, c) begins with (88 kB)
        DROP INDEX red_a;
      wide_a on t (a, at) is what wider_a (a, at, c) begins with (112 kB)
        DROP INDEX wide_a;
      red_turned on t (at) is what wide_turned (at, c) begins with (40 kB)
        DROP INDEX red_turned;
      red_included on t (c) is what wide_included (c, a) begins with (104 kB)
        DROP INDEX red_included;
      red_unique on t (at, id) is what wide_unique (at, id) begins with (112 kB)
        DROP INDEX red_unique;"
    `)
  })
})
