import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { openProjection } from '../../../src/plan/projection/open-projection.js'
import { planNodes } from '../../../src/plan/walk.js'
import { withProjectionHost } from '../../../src/plan-verbs/with-projection-host.js'
import { makeFolder } from '../../databases/place.js'
import { describeEachSuite } from './with-suite.js'

/** 10,000 orders of 500 users in 10,000 minutes, without a dataset; and what makes rows of ours difficult. */
const migrations = makeFolder({
  '1.sql': `
    CREATE TABLE users (id int PRIMARY KEY, email text NOT NULL UNIQUE);
    CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, user_id int NOT NULL REFERENCES users, status text NOT NULL CHECK (status <> 'new'),
      created_at timestamptz NOT NULL, doubled bigint GENERATED ALWAYS AS (user_id * 2) STORED, doc json NOT NULL, CHECK (created_at < '2025-01-01'));
    INSERT INTO users SELECT i, 'u' || i || '@example.com' FROM generate_series(1, 500) i;
    INSERT INTO orders (user_id, status, created_at, doc) SELECT i % 500 + 1, CASE WHEN i % 100 = 0 THEN 'open' ELSE 'done' END,
      '2024-01-01'::timestamptz + i * interval '1 minute', '{}' FROM generate_series(1, 10000) i;
    CREATE INDEX orders_user_id_created_at_idx ON orders (user_id, created_at DESC);
    CREATE INDEX orders_created_at_idx ON orders (created_at);
    CREATE TABLE bookings (room int NOT NULL, during tstzrange NOT NULL, made_at timestamptz NOT NULL, EXCLUDE USING gist (during WITH &&));
    INSERT INTO bookings SELECT i % 20, tstzrange('2024-01-01'::timestamptz + i * interval '1 hour', '2024-01-01'::timestamptz + (i + 1) * interval '1 hour'),
      '2024-01-01'::timestamptz + i * interval '1 hour' FROM generate_series(1, 2000) i;
    CREATE INDEX bookings_made_at_idx ON bookings (made_at);
    CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''never''; END';
    CREATE TABLE audits (id int PRIMARY KEY, at timestamptz NOT NULL);
    INSERT INTO audits SELECT i, '2024-01-01'::timestamptz + i * interval '1 hour' FROM generate_series(1, 1000) i;
    CREATE INDEX audits_at_idx ON audits (at);
    CREATE TRIGGER never BEFORE INSERT ON audits FOR EACH ROW EXECUTE FUNCTION refuse();
    ALTER TABLE audits ENABLE ALWAYS TRIGGER never;
    CREATE TABLE events (id int PRIMARY KEY, at timestamptz NOT NULL, on_day date NOT NULL, weight real NOT NULL UNIQUE);
    INSERT INTO events SELECT i, '2020-01-01'::timestamptz + i * interval '100 minutes', '2020-01-01'::date - i / 14, i * 1e30 FROM generate_series(1, 10000) i;
    CREATE INDEX events_at_idx ON events (at);
    CREATE DOMAIN percent AS int CHECK (VALUE <= 100);
    CREATE TABLE grades (percent percent PRIMARY KEY);
    INSERT INTO grades SELECT generate_series(1, 100);
    CREATE TABLE empty (id int PRIMARY KEY);
    CREATE VIEW recent AS SELECT * FROM orders;
    CREATE SCHEMA shop;
    CREATE TABLE shop.items (id int PRIMARY KEY, note text);
    INSERT INTO shop.items SELECT i, 'n' FROM generate_series(1, 100) i;
    CREATE TABLE secrets (id int PRIMARY KEY, owner text NOT NULL);
    INSERT INTO secrets SELECT i, 'hotbed' FROM generate_series(1, 100) i;
    ALTER TABLE secrets ENABLE ROW LEVEL SECURITY;
    ALTER TABLE secrets FORCE ROW LEVEL SECURITY;
    CREATE POLICY own ON secrets USING (owner = current_user);`,
})

const RECENT = 'SELECT * FROM orders WHERE user_id = $1 ORDER BY created_at DESC LIMIT 20'

await describeEachSuite({ migrations }, (suite) => {
  test('a statement is planned for a billion rows, and says so', async () => {
    const { postgres } = suite()
    const plan = await postgres.explainAtScale(RECENT, [7], { orders: 1_000_000_000 })
    expect(plan).toMatchObject({
      kind: 'plan',
      analyzed: false,
      scale: { tables: [{ table: 'orders', seeded: 10_000, projected: 1_000_000_000 }], notes: [] },
    })
    expect(String(plan)).toMatchInlineSnapshot(`
      "planned for orders: 1,000,000,000 rows (10,000 seeded)
      Limit  estimated rows 20
        Index Scan using orders_user_id_created_at_idx on orders  estimated rows 2,000,000
            Index Cond: (user_id = 7)"
    `)
    const orders = plan.schema.tables.find(({ name }) => name === 'orders')
    expect(orders).toMatchObject({ reltuples: 1_000_000_000 })
    expect(orders?.pages).toBeGreaterThan(5_000_000)
    // Of the suite itself nothing has changed.
    const present = await postgres.explain(RECENT, [7])
    expect(present.scale).toBeUndefined()
    expect(present.schema.tables[0]).toMatchObject({ reltuples: 10_000 })
    expect(planNodes(present).map(({ type }) => type)).not.toEqual(planNodes(plan).map(({ type }) => type))
  })

  test('newest rows are found at the end that the column will have', async () => {
    const { postgres } = suite()
    const since = '2025-11-24 00:00:00+00'
    // 1,000,000 minutes from 2024-01-01 on end on 2025-11-25, at 10:40.
    const plan = await postgres.explainAtScale('SELECT * FROM orders WHERE created_at > $1', [since], { orders: 1_000_000 })
    expect(plan.root.estimatedRows).toBeGreaterThan(2000)
    expect(plan.root.estimatedRows).toBeLessThan(2160)
    const ids = await postgres.explainAtScale('SELECT * FROM orders WHERE id > 990000', [], { orders: 1_000_000 })
    expect(ids.root.estimatedRows).toBeGreaterThan(9900)
    expect(ids.root.estimatedRows).toBeLessThan(10_100)
  })

  test('rules say how columns go on', async () => {
    const { postgres } = suite()
    const estimate = async (sql: string, columns: NonNullable<Parameters<typeof postgres.explainAtScale>[3]>['columns'] = {}) =>
      (await postgres.explainAtScale(sql, [], { orders: 1_000_000 }, { columns })).root.estimatedRows
    const later = "SELECT * FROM orders WHERE created_at > '2024-01-08'"
    expect(await estimate(later)).toBeGreaterThan(900_000)
    expect(await estimate(later, { 'orders.created_at': 'fixed' })).toBeLessThan(10_000)
    const byUser = 'SELECT * FROM orders WHERE user_id = 7'
    expect(await estimate(byUser)).toBe(2000)
    expect(await estimate(byUser, { 'orders.user_id': 'distinct' })).toBe(20)
  })

  test('children keep their number per parent when parents are added', async () => {
    const { postgres } = suite()
    const plan = await postgres.explainAtScale('SELECT * FROM orders WHERE user_id = 7', [], { orders: 1_000_000, users: 50_000 })
    expect(plan.root.estimatedRows).toBe(20)
    expect(plan.scale?.tables).toHaveLength(2)
  })

  test('one clone is planned in at many sizes, up and down, and is gone afterwards', async () => {
    const { postgres, verbs, facts } = suite()
    let place = ''
    await withProjectionHost(postgres, verbs, async (host) => {
      const { rows } = await host.query("SELECT 'base/' || oid AS place FROM pg_database WHERE datname = current_database()")
      place = `${facts.postgres?.dataDirectory}/${String(rows[0]?.['place'])}`
      const projection = await openProjection(host, { tables: ['orders'] })
      const found: number[] = []
      for (const orders of [10_000, 300_000_000, 20_000, 1_000_000_000, 500, 300_000_000]) {
        await projection.resize({ orders })
        const plan = await projection.explain('SELECT * FROM orders')
        expect(plan.root.estimatedRows / orders).toBeCloseTo(1, 2)
        const newest = await projection.explain('SELECT * FROM orders WHERE id > $1', [orders * 0.9])
        found.push(newest.root.estimatedRows / orders)
      }
      for (const share of found) expect(share).toBeCloseTo(0.1, 2)
      // The server is well: what was put in can be read and written.
      await host.query('RESET ROLE')
      expect((await host.query('SELECT count(*)::int AS n FROM orders WHERE id < 5')).rows).toEqual([{ n: 1 }])
      // Through a tree that is as high as a real one.
      await host.query('SET enable_seqscan = off; SET enable_bitmapscan = off')
      const { rows: ends } = await host.query('SELECT id::int AS id FROM orders WHERE id > 0 ORDER BY id')
      expect(ends).toEqual([{ id: 1 }, { id: 300_000_000 }])
      await host.query('CHECKPOINT')
      expect(existsSync(place)).toBe(true)
    })
    await expect.poll(() => existsSync(place)).toBe(false)
  })

  test('the application is planned for: its role, its rows, its search path', async () => {
    const { postgres } = suite()
    const plan = await postgres.explainAtScale('SELECT * FROM secrets', [], { secrets: 1_000_000 })
    expect(plan.root.conditions.filter).toContain('CURRENT_USER')
    const items = await postgres.explainAtScale('SELECT * FROM items', [], { 'shop.items': 5000 }, { settings: { search_path: 'shop' } })
    expect(items.root.estimatedRows).toBe(5000)
    const generic = await postgres.explainAtScale(RECENT, [7], { orders: 1_000_000 }, { generic: true })
    expect(generic.generic).toBe(true)
  })

  test('tables that take no rows of ours are forecast without them, and say so', async () => {
    const { postgres } = suite()
    const plan = await postgres.explainAtScale("SELECT * FROM audits WHERE at > '2024-02-01'", [], { audits: 1_000_000 })
    expect(plan.scale?.notes).toEqual([
      'the first and last row of audits could not be put in, so values beyond its histogram are estimated as none: never',
    ])
    expect(plan.root.estimatedRows).toBeGreaterThan(900_000)
    const bookings = await postgres.explainAtScale("SELECT * FROM bookings WHERE made_at > '2024-02-01'", [], { bookings: 1_000_000 })
    expect(bookings.root.estimatedRows).toBeGreaterThan(900_000)
  })

  test('columns that would go on beyond their types stop there, and the plan says so', async () => {
    const { postgres } = suite()
    const plan = await postgres.explainAtScale("SELECT * FROM events WHERE at > '200000-01-01'", [], { events: 3_000_000_000 })
    expect(plan.scale?.notes).toEqual([
      'events.id stops at 2147483647, where its type ends: further rows are taken to have that value.',
      'events.at stops at 294276-12-31 23:59:59.000576+00, where its type ends: further rows are taken to have that value.',
      'events.on_day stops at 4713-01-01 BC, where its type ends: further rows are taken to have that value.',
      'events.weight stops at 3.4e+38, where its type ends: further rows are taken to have that value.',
    ])
    // Two years became 570,000.
    expect(plan.root.estimatedRows / 3_000_000_000).toBeCloseTo(0.65, 1)
    const growth = await postgres.planGrowth("SELECT * FROM events WHERE at > '200000-01-01'", [], { events: { upTo: 3_000_000_000 } })
    expect(growth.notes.toSorted()).toEqual(plan.scale?.notes.toSorted())
  })

  test('values that the schema forbids are refused by the name of the column', async () => {
    const { postgres } = suite()
    const attempt = postgres.explainAtScale('SELECT * FROM grades', [], { grades: 10_000 })
    await expect(attempt).rejects.toThrowErrorMatchingInlineSnapshot(`
      [HotbedError: The values that grades.percent would have at this size were refused by PostgreSQL: value for domain percent violates check constraint "percent_check". [ERR_HOTBED_PROJECTION]
        → Say that it repeats the values that there are, by { columns: { 'grades.percent': 'fixed' } }, or plan for fewer rows.]
    `)
    await expect(attempt).rejects.toMatchObject({ code: 'ERR_HOTBED_PROJECTION' })
    const fixed = await postgres.explainAtScale('SELECT * FROM grades', [], { grades: 10_000 }, { columns: { 'grades.percent': 'fixed' } })
    expect(fixed.root.estimatedRows).toBe(10_000)
  })

  test('a table that is too large for any PostgreSQL is refused', async () => {
    const { postgres } = suite()
    const attempt = postgres.explainAtScale(RECENT, [7], { orders: 1_000_000_000_000 })
    await expect(attempt).rejects.toMatchObject({ code: 'ERR_HOTBED_PROJECTION' })
    await expect(attempt).rejects.toThrowErrorMatchingInlineSnapshot(`
      [HotbedError: With { orders: 1,000,000,000,000 } rows orders would take 70 TB, and PostgreSQL holds up to 32 TB in one table or index. [ERR_HOTBED_PROJECTION]
        → Plan for fewer rows, or make it a partitioned table: each part has a size of its own.]
    `)
    // More blocks than a number with a sign has.
    const plan = await postgres.explainAtScale(
      'SELECT * FROM items',
      [],
      { 'shop.items': 700_000_000_000 },
      { settings: { search_path: 'shop' } },
    )
    expect(plan.schema.tables[0]?.pages).toBeGreaterThan(2 ** 31)
    expect(plan.root.estimatedRows / 700_000_000_000).toBeCloseTo(1, 3)
  })

  test.each([
    [{ order: 1000 }, 'ERR_HOTBED_OPTION', "The template has no table 'order'", "Did you mean 'orders'?"],
    [{ recent: 1000 }, 'ERR_HOTBED_OPTION', "'recent' is a view", 'Name the tables that the view reads.'],
    [{ empty: 1000 }, 'ERR_HOTBED_PROJECTION', 'The template has no rows of empty', 'Seed some'],
    [
      { orders: 1.5 },
      'ERR_HOTBED_OPTION',
      "Option 'rows.orders' must be a whole number of rows from 1 to 1,000,000,000,000, but is 1.5.",
      '[ERR_HOTBED_OPTION]',
    ],
    [{ orders: 0 }, 'ERR_HOTBED_OPTION', 'but is 0.', '[ERR_HOTBED_OPTION]'],
    [{}, 'ERR_HOTBED_OPTION', "Option 'rows' must be rows by table", '[ERR_HOTBED_OPTION]'],
    [{ orders: 5, 'public.orders': 6 }, 'ERR_HOTBED_OPTION', "'public.orders' is the same table as 'orders'", '[ERR_HOTBED_OPTION]'],
  ])('%o is refused', async (rows, code, message, remedy) => {
    const { postgres } = suite()
    const attempt = postgres.explainAtScale('SELECT 1', [], rows)
    await expect(attempt).rejects.toMatchObject({ code, message: expect.stringContaining(message) })
    await expect(attempt).rejects.toThrow(remedy)
  })

  test.each([
    ['a CTE', 'WITH few AS MATERIALIZED (SELECT id FROM users WHERE id < 5) SELECT * FROM few JOIN orders ON user_id = few.id', 'CTE Scan'],
    ['a UNION', 'SELECT id FROM orders WHERE user_id = 7 UNION ALL SELECT id FROM users WHERE id = 7', 'Append'],
    [
      'LATERAL',
      'SELECT * FROM users, LATERAL (SELECT * FROM orders WHERE user_id = users.id ORDER BY created_at DESC LIMIT 1) o',
      'Nested Loop',
    ],
    ['a view', 'SELECT * FROM recent WHERE user_id = 7', 'Bitmap Heap Scan'],
    ['a write', 'DELETE FROM orders WHERE id = 7', 'ModifyTable'],
  ])('%s is planned at the other size', async (_, sql, type) => {
    const plan = await suite().postgres.explainAtScale(sql, [], { orders: 10_000_000 })
    expect(planNodes(plan).map((node) => node.type)).toContain(type)
    expect(plan.schema.tables.find(({ name }) => name === 'orders')?.reltuples).toBe(10_000_000)
  })

  test('a temporary table of the application is not in the template, and DDL has no plan', async () => {
    const { postgres } = suite()
    await postgres.query('CREATE TEMP TABLE basket (id int)')
    await expect(postgres.explainAtScale('SELECT * FROM basket', [], { orders: 5 })).rejects.toThrow('relation "basket" does not exist')
    await expect(postgres.explainAtScale('SELECT 1', [], { basket: 5 })).rejects.toThrow("The template has no table 'basket'")
    await expect(postgres.explainAtScale('CREATE TABLE a ()', [], { orders: 5 })).rejects.toThrow('CREATE has no plan.')
  })

  test('a rule for a column that is none is refused, as is a rule that is none', async () => {
    const { postgres } = suite()
    await expect(postgres.explainAtScale(RECENT, [7], { orders: 5 }, { columns: { 'orders.createdat': 'fixed' } })).rejects.toThrow(
      "Did you mean 'orders.created_at'?",
    )
    await expect(postgres.explainAtScale(RECENT, [7], { orders: 5 }, { columns: { 'orders.id': 'grows' as 'fixed' } })).rejects.toThrow(
      "must be 'continues', 'fixed' or 'distinct', but is \"grows\"",
    )
  })

  test('a session that is ended midway is told, nothing of it remains, and the next forecast is made', async () => {
    const { postgres, verbs } = suite()
    const databases = async (): Promise<number> => (await postgres.query('SELECT FROM pg_database')).rowCount ?? 0
    const before = await databases()
    const attempt = withProjectionHost(postgres, verbs, (host) => host.query('SELECT pg_terminate_backend(pg_backend_pid())'))
    await expect(attempt).rejects.toMatchObject({
      code: 'ERR_HOTBED_PROJECTION',
      message: expect.stringContaining('The projection could not be made: terminating connection due to administrator command (57P01).'),
    })
    expect((await postgres.explainAtScale(RECENT, [7], { orders: 1_000_000 })).scale?.tables).toHaveLength(1)
    await expect.poll(databases, { timeout: 10_000 }).toBeLessThanOrEqual(before)
  })

  test('a server whose files are elsewhere is refused before anything is changed', async () => {
    const { postgres, verbs } = suite()
    await withProjectionHost(postgres, verbs, async (host) => {
      const attempt = openProjection({ ...host, memory: undefined, dataDirectory: '/nowhere' }, { tables: ['orders'] })
      await expect(attempt).rejects.toMatchObject({
        code: 'ERR_HOTBED_PROJECTION',
        message: expect.stringContaining('those below /nowhere are out of reach'),
      })
    })
  })
})
