import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startSuite } from '../../src/start-suite.js'
import type { Suite } from '../../src/suite.js'
import { makeFolder } from '../databases/place.js'

const migrations = makeFolder({
  '1.sql': `
    CREATE TABLE users (id int PRIMARY KEY);
    INSERT INTO users SELECT generate_series(0, 4999);
    CREATE TABLE o (id int PRIMARY KEY, customer_id int NOT NULL REFERENCES users, status text NOT NULL, total numeric NOT NULL, created_at timestamptz NOT NULL, note text);
    INSERT INTO o SELECT i, i % 5000, CASE WHEN i % 100 < 3 THEN 'open' ELSE 'done' END, i, '2024-01-01'::timestamptz + i * interval '1 minute', 'note'
      FROM generate_series(1, 50000) i;
    CREATE TABLE badly (a int NOT NULL, b int NOT NULL, text text);
    INSERT INTO badly SELECT i, i % 500, repeat('x', 50) FROM generate_series(1, 20000) i;
    CREATE INDEX badly_a_b_idx ON badly (a, b);
    CREATE TABLE own (id int, kind int);
    CREATE TABLE "Odd Names" ("Order No" int, "a""b" int, "x-y" int, "DESC" int);
    INSERT INTO "Odd Names" SELECT i, i % 500, i % 300, i FROM generate_series(1, 20000) i;
    CREATE FUNCTION shout() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''no''; END';
    CREATE TRIGGER silent BEFORE DELETE ON o FOR EACH ROW EXECUTE FUNCTION shout();`,
})
const stack = { postgres: { migrations } } as const
/** So that no text depends on how busy the machine is. */
const PATIENT = { timeoutMs: 60_000 }

let suite: Suite<typeof stack>
beforeAll(async () => {
  suite = await startSuite(stack)
}, 60_000)
afterAll(() => suite.dispose())

const indexes = async (): Promise<number> =>
  Number((await suite.postgres.query("SELECT count(*)::int AS n FROM pg_indexes WHERE schemaname = 'public'")).rows[0]?.['n'])

test('the index that a plan lacks is built, measured and thrown away', async () => {
  const plan = await suite.postgres.explain('SELECT * FROM o WHERE customer_id = $1', [77])
  const before = await indexes()

  const proof = await suite.postgres.proveFix(plan, PATIENT)

  expect(proof.toString()).toMatchInlineSnapshot(`
    "Tried for you (really built in a throw-away clone of the template):
      CREATE INDEX ON o (customer_id);
      417 → 12 buffers   Bitmap Heap Scan ← Bitmap Index Scan on o_customer_id_idx
      It costs 492 kB, and 2 more buffers for each INSERT."
  `)
  expect(proof.fix?.before).toEqual({ count: plan.root.actual?.buffers?.cumulative.total, unit: 'buffers' })
  expect(proof.place).toBe('template')
  expect(await indexes()).toBe(before)
})

test('columns of the order come after those with one value', async () => {
  const plan = await suite.postgres.explain(
    "SELECT id, created_at FROM o WHERE customer_id = $1 AND status = 'open' ORDER BY created_at DESC LIMIT 3",
    [1],
  )
  expect((await suite.postgres.proveFix(plan, PATIENT)).toString()).toMatchInlineSnapshot(`
    "Tried for you (really built in a throw-away clone of the template):
      CREATE INDEX ON o (customer_id, created_at DESC) WHERE status = 'open';
      420 → 5 buffers   Limit ← Index Scan using o_customer_id_created_at_idx on o
      It costs 66 kB, and 2 more buffers for each INSERT.
      Also: CREATE INDEX ON o (customer_id, created_at DESC) INCLUDE (id) WHERE status = 'open';  420 → 3 buffers, 82 kB
      Also: CREATE INDEX ON o (customer_id, status, created_at DESC) INCLUDE (id);  420 → 4 buffers, 2.5 MB"
  `)
})

test('an index whose order is bad is told', async () => {
  const plan = await suite.postgres.explain('SELECT text FROM badly WHERE b = 7')
  expect((await suite.postgres.proveFix(plan, PATIENT)).toString()).toMatchInlineSnapshot(`
    "Tried for you (really built in a throw-away clone of the template):
      CREATE INDEX ON badly (b);
      99 → 42 buffers   Bitmap Heap Scan ← Bitmap Index Scan on badly_b_idx
      It costs 164 kB, and 2 more buffers for each INSERT.
      badly_a_b_idx has these columns in an order that does not serve."
  `)
})

test('an expression is indexed with the statistics that it needs', async () => {
  const plan = await suite.postgres.explain("SELECT id FROM o WHERE lower(note) = 'other' ")
  expect((await suite.postgres.proveFix(plan, PATIENT)).toString()).toMatchInlineSnapshot(`
    "Tried for you (really built in a throw-away clone of the template):
      CREATE INDEX ON o (lower(note));
      417 → 2 buffers   Index Scan using o_lower_idx on o
      It costs 361 kB, and 2 more buffers for each INSERT."
  `)
})

describe('no index is proposed', () => {
  test('where most rows are wanted', async () => {
    const plan = await suite.postgres.explain("SELECT * FROM o WHERE status = 'done'")
    expect((await suite.postgres.proveFix(plan, PATIENT)).toString()).toMatchInlineSnapshot(
      `"No index is proposed: one was built, and the planner did not use it."`,
    )
  })

  test('where there is one already', async () => {
    const plan = await suite.postgres.explain('SELECT * FROM o WHERE id = 7')
    expect((await suite.postgres.proveFix(plan)).toString()).toMatchInlineSnapshot(
      `"No index is proposed: the plan shows no condition, order or join that an index could serve better than those there are."`,
    )
  })

  test('where PostgreSQL refuses it', async () => {
    const plan = await suite.postgres.explain("SELECT * FROM o WHERE date_trunc('day', created_at) = '2024-01-02'")
    expect((await suite.postgres.proveFix(plan, PATIENT)).toString()).toMatchInlineSnapshot(
      `"No index is proposed: PostgreSQL refused CREATE INDEX ON o (date_trunc('day'::text, created_at)): functions in index expression must be marked IMMUTABLE."`,
    )
  })

  test('when the time is up', async () => {
    const plan = await suite.postgres.explain('SELECT * FROM o WHERE customer_id = $1', [77])
    const proof = await suite.postgres.proveFix(plan, { timeoutMs: 1 })
    expect(proof).toMatchObject({ fix: undefined, trials: [] })
    expect(proof.toString()).toMatch(/^No index is proposed: .*{ timeoutMs } waits longer/)
  })
})

test('names that have to be quoted are', async () => {
  const plan = await suite.postgres.explain(
    'SELECT "DESC" FROM "Odd Names" WHERE "a""b" = $1 AND "x-y" = $2 ORDER BY "Order No" DESC',
    [7, 7],
  )
  const proof = await suite.postgres.proveFix(plan, PATIENT)
  expect(proof.fix?.ddl).toBe('CREATE INDEX ON "Odd Names" ("a""b", "x-y");')
})

test('a suite that has ended gives no verdict', async () => {
  const ending = await startSuite(stack)
  const plan = await ending.postgres.explain('SELECT * FROM o WHERE customer_id = $1', [77])
  await ending.dispose()
  await expect(ending.postgres.proveFix(plan, PATIENT)).rejects.toMatchObject({ code: 'ERR_HOTBED_DISPOSED' })
})

test('a plan without values is proved by its cost', async () => {
  const plan = await suite.postgres.explain('SELECT * FROM o WHERE customer_id = $1', [77], { generic: true, analyze: false })
  const proof = await suite.postgres.proveFix(plan, PATIENT)
  expect(proof.fix).toMatchObject({ ddl: 'CREATE INDEX ON o (customer_id);' })
})

test('rows that the test inserted itself are proved on in its own database, and nothing remains there', async () => {
  await suite.postgres.query('INSERT INTO own SELECT i, i % 1000 FROM generate_series(1, 20000) i')
  await suite.postgres.query('ANALYZE own')
  const plan = await suite.postgres.explain('SELECT * FROM own WHERE kind = 5')
  const before = await indexes()

  const proof = await suite.postgres.proveFix(plan, PATIENT)

  expect(proof.toString()).toMatchInlineSnapshot(`
    "Tried for you (really built in the suite's own database and rolled back: own has 89 pages here and 0 in the template):
      CREATE INDEX ON own (kind);
      89 → 22 buffers   Bitmap Heap Scan ← Bitmap Index Scan on own_kind_idx
      It costs 173 kB, and 2 more buffers for each INSERT."
  `)
  expect(await indexes()).toBe(before)
})

test('a table that another session has locked is told of', async () => {
  await suite.postgres.query('CREATE TABLE held AS SELECT i AS id FROM generate_series(1, 20000) i')
  await suite.postgres.query('ANALYZE held')
  const plan = await suite.postgres.explain('SELECT * FROM held WHERE id = 5')
  const { Client } = (await import('pg')).default
  const client = new Client({ connectionString: suite.postgres.directUrl })
  await client.connect()
  try {
    await client.query('BEGIN; DELETE FROM held WHERE id = 1')
    expect((await suite.postgres.proveFix(plan, PATIENT)).toString()).toMatchInlineSnapshot(
      `
      "No index is proposed: PostgreSQL refused CREATE INDEX ON held (id), because another session holds a lock on the table.
        the template has no table held, so it was really built in the suite's own database and rolled back."
    `,
    )
  } finally {
    await client.end()
  }
})

test('a suite that is one transaction proves on the rows of it', async () => {
  await using inTransaction = await startSuite(stack, { isolation: 'rollback' })
  const { postgres } = inTransaction
  await postgres.query('INSERT INTO own SELECT i, i % 1000 FROM generate_series(1, 20000) i')
  await postgres.query('ANALYZE own')
  const plan = await postgres.explain('SELECT * FROM own WHERE kind = 5')

  const proof = await postgres.proveFix(plan, PATIENT)

  expect(proof).toMatchObject({ place: 'transaction', fix: { ddl: 'CREATE INDEX ON own (kind);' } })
  expect((await postgres.query('SELECT count(*)::int AS n FROM own')).rows).toEqual([{ n: 20000 }])
})

test('what is no plan, and wrong options, are refused', async () => {
  const plan = await suite.postgres.explain('SELECT 1')
  await expect(suite.postgres.proveFix({} as typeof plan)).rejects.toThrow("Option 'plan' must be a plan")
  await expect(suite.postgres.proveFix(plan, { timeoutMs: 0 })).rejects.toThrow("Option 'timeoutMs'")
  await expect(suite.postgres.proveFix(plan, { timeout: 5 } as object)).rejects.toThrow("Did you mean 'timeoutMs'?")
})
