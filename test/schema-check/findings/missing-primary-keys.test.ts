import { expect, test } from 'vitest'
import { describeSchema } from '../schema.js'

const SETUP = `
  CREATE TABLE fine (id int PRIMARY KEY);
  CREATE TABLE log (line text);
  INSERT INTO log SELECT 'line ' || i FROM generate_series(1, 5000) i;
  CREATE TABLE "Codes" (code text NOT NULL);
  CREATE UNIQUE INDEX "Codes_code" ON "Codes" (code);
  CREATE TABLE maybe (code text);
  CREATE UNIQUE INDEX ON maybe (code);
  CREATE TABLE events (id int, at int) PARTITION BY RANGE (at);
  CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM (0) TO (10);
  CREATE TABLE events_2 PARTITION OF events FOR VALUES FROM (10) TO (20);
  CREATE MATERIALIZED VIEW seen AS SELECT 1 AS one;
  CREATE TEMPORARY TABLE passing (id int);
  CREATE TABLE of_extension (id int);
  ALTER EXTENSION plpgsql ADD TABLE of_extension;
  CREATE VIEW v AS SELECT 1 AS one;
`

await describeSchema(SETUP, ({ lines }) => {
  test('tables without a primary key are reported, a partitioned one once; an index that could be it is named', async () => {
    expect((await lines('missing-primary-key')).join('\n')).toMatchInlineSnapshot(`
      "Codes has no primary key (0 rows, 0 kB)
        ALTER TABLE "Codes" ADD PRIMARY KEY USING INDEX "Codes_code";
      events has no primary key (0 rows, 0 kB)
        ALTER TABLE events ADD PRIMARY KEY (…);
      log has no primary key (5,000 rows, 216 kB)
        ALTER TABLE log ADD PRIMARY KEY (…);
      maybe has no primary key (0 rows, 0 kB)
        ALTER TABLE maybe ADD PRIMARY KEY (…);"
    `)
  })
})
