import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startSuite, type Suite } from '../../../src/index.js'
import { matchers, toCascadeWithoutIndex } from '../../../src/matchers/index.js'
import { mask } from './on-postgres.js'

expect.extend(matchers)

const TABLES = `
  CREATE TABLE parents (id int PRIMARY KEY);
  INSERT INTO parents SELECT generate_series(1, 1000);
  CREATE TABLE kids (id int PRIMARY KEY, parent_id int REFERENCES parents ON DELETE CASCADE);
  INSERT INTO kids SELECT i, i % 1000 + 1 FROM generate_series(1, 20000) i;
  CREATE TABLE notes (id int PRIMARY KEY, "kidId" int REFERENCES kids ON DELETE SET NULL);
  CREATE TABLE owners (id int, region int, PRIMARY KEY (id, region));
  INSERT INTO owners SELECT i, i FROM generate_series(1, 100) i;
  CREATE TABLE pets (owner_id int, owner_region int, FOREIGN KEY (owner_id, owner_region) REFERENCES owners);
`

describe.each(['embedded', 'system'] as const)('Postgres of the provider %s', (provider) => {
  let suite: Suite<{ postgres: {} }>
  let client: pg.Client
  const record = (sql: string) => suite.record(() => client.query(sql))

  beforeAll(async () => {
    suite = await startSuite({ postgres: { provider } })
    await suite.postgres.query(TABLES)
    await suite.postgres.query('ANALYZE')
    client = new pg.Client({ connectionString: suite.postgres.url })
    await client.connect()
  })
  afterAll(async () => {
    await client.end()
    await suite.dispose()
  })

  test('a cascade through a column without an index is told with the rows it read, and the index repairs it', async () => {
    const run = await record('DELETE FROM parents WHERE id IN (7, 8)')
    expect(run.statements[0]).toCascadeWithoutIndex()
    const { pass, message } = toCascadeWithoutIndex.call({ isNot: true }, run)
    expect(pass).toBe(true)
    expect(mask(message())).toMatchInlineSnapshot(`
      "3 of 3 plans, the worst first:

      The foreign key on kids (parent_id) has no index: kids is read from end to end 2 times, 39,940 rows for nothing.
        DELETE FROM parents WHERE id IN (7, 8)  runs 2 times: DELETE FROM ONLY "public"."kids" WHERE $1 OPERATOR(pg_catalog.=) "parent_id"

          Delete on kids  rows 0  buffers n
        ✗   Seq Scan on kids  rows 20  removed 19,980  buffers n
                Filter: (7 = parent_id)
        To have one: CREATE INDEX ON kids (parent_id);

      The foreign key on notes (kidId) has no index: notes is read from end to end.
        DELETE FROM parents WHERE id IN (7, 8)  runs 5 times: UPDATE ONLY "public"."notes" SET "kidId" = NULL WHERE $1 OPERATOR(pg_catalog.=) "kidId""
    `)

    await suite.postgres.query('CREATE INDEX kids_parent_id_idx ON kids (parent_id); CREATE INDEX notes_kid_idx ON notes ("kidId")')
    const again = await record('DELETE FROM parents WHERE id IN (9, 10)')
    expect(again).not.toCascadeWithoutIndex()
    expect(toCascadeWithoutIndex(again).message()).toContain('The foreign key on kids (parent_id) finds its rows by an index.')
  })

  test('the check that nothing refers to a row needs the index as well, and an index on some of the columns is none', async () => {
    await suite.postgres.query('CREATE INDEX pets_owner_region_idx ON pets (owner_region)')
    const { pass, message } = toCascadeWithoutIndex(await record('DELETE FROM owners WHERE id = 7'))
    expect(pass).toBe(true)
    expect(message()).toContain('The foreign key on pets (owner_id, owner_region) has no index')
    expect(message()).toContain('  To have one: CREATE INDEX ON pets (owner_id, owner_region);')
    await suite.postgres.query('CREATE INDEX pets_owner_idx ON pets (owner_region, owner_id)')
    expect(await record('UPDATE owners SET id = 1000 WHERE id = 8')).not.toCascadeWithoutIndex()
  })

  test('where no foreign key looked for rows there is nothing to judge', async () => {
    const refused = /^toCascadeWithoutIndex has nothing to judge: /
    const run = await record('SELECT 1 AS one')
    expect(() => expect(run).not.toCascadeWithoutIndex()).toThrow(refused)
    expect(() => expect(run.statements[0]).not.toCascadeWithoutIndex()).toThrow(refused)
    const checked = await record('INSERT INTO kids VALUES (100000, 100)')
    expect(() => expect(checked).not.toCascadeWithoutIndex()).toThrow(refused)
  })
})

test('a plan that was explained is refused', () => {
  expect(() => toCascadeWithoutIndex({ kind: 'plan', root: {} })).toThrow(
    'toCascadeWithoutIndex judges a statement or a recording, and was given a plan.',
  )
})
