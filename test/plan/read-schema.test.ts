import { expect, test } from 'vitest'
import { explain } from '../../src/plan/explain.js'
import { readSchema } from '../../src/plan/read-schema.js'
import { describeEachPostgres } from './with-postgres.js'

const PRIVATE = `
  CREATE TABLE orders (id int PRIMARY KEY);
  CREATE SCHEMA "own schema";
  CREATE TABLE "own schema".orders (id int PRIMARY KEY, "a""b" int);
  CREATE TABLE "own schema".lines (order_id int NOT NULL REFERENCES "own schema".orders);
  INSERT INTO "own schema".orders SELECT i, i FROM generate_series(1, 30000) i;
  CREATE VIEW seen AS SELECT * FROM "own schema".orders;
  CREATE ROLE visitor;
  GRANT SELECT, DELETE ON seen TO visitor;
`

await describeEachPostgres(PRIVATE, (database) => {
  test('tables of a schema that a role must not use are known by the view through which it reads and deletes', async () => {
    const { sql } = database()
    const plan = await explain(sql, 'SELECT * FROM seen WHERE "a""b" = 7', [], { settings: { role: 'visitor' } })
    expect(plan.schema.tables.map(({ schema, name }) => [schema, name])).toEqual([['own schema', 'orders']])
    expect(plan.schema.indexes.map(({ name }) => name)).toEqual(['orders_pkey'])

    const removal = await explain(sql, 'DELETE FROM seen WHERE id = 7', [], { settings: { role: 'visitor' } })
    expect(removal.schema.foreignKeys?.map(({ name, table }) => [name, table])).toEqual([['lines_order_id_fkey', 'lines']])
  })

  test('a name without a schema is that of the search path, and what is not there is left out', async () => {
    const asked = [
      { schema: undefined, name: 'orders' },
      { schema: 'own schema', name: 'orders' },
      { schema: 'none', name: 'orders' },
    ]
    const { tables } = await readSchema(database().sql, [...asked, { schema: undefined, name: 'nothing' }])
    expect(tables.map(({ schema, name, columns }) => [schema, name, columns.length])).toEqual([
      ['own schema', 'orders', 2],
      ['public', 'orders', 1],
    ])
  })
})
