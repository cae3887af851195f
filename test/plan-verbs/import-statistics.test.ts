import { beforeAll, expect, test, vi } from 'vitest'
import type { Plan, PlanNode } from '../../src/plan/plan.js'
import { describeNode } from '../../src/plan/print.js'
import { planNodes } from '../../src/plan/walk.js'
import { exportStatistics } from '../../src/plan/statistics-dump/export-statistics.js'
import type { StatisticsDump } from '../../src/plan/statistics-dump/statistics-dump.js'
import type { SuiteVerbs } from '../../src/databases/suite-parts.js'
import { toSeqScan } from '../../src/matchers/plan/to-seq-scan.js'
import { toUseIndex } from '../../src/matchers/plan/to-use-index.js'
import { describeEachSuite } from '../plan/projection/with-suite.js'
import { pgDumpText } from '../plan/statistics-dump/pg-dump-text.js'

vi.setConfig({ testTimeout: 60_000 })

/** The schema, which production and the template share. */
const SCHEMA = `
  CREATE TYPE state AS ENUM ('open', 'paid', 'done');
  CREATE TABLE users (id int PRIMARY KEY, email text NOT NULL, country text NOT NULL, joined date NOT NULL);
  CREATE INDEX users_email ON users (lower(email));
  CREATE TABLE orders (id bigint PRIMARY KEY, user_id int NOT NULL REFERENCES users, status state NOT NULL, created_at timestamptz NOT NULL, total numeric NOT NULL, note text);
  CREATE INDEX orders_user ON orders (user_id, created_at DESC);
  CREATE INDEX orders_created ON orders (created_at);
  CREATE INDEX orders_open ON orders (total) WHERE status = 'open';
  CREATE TABLE events (id bigint NOT NULL, at date NOT NULL, kind text NOT NULL, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
  CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2025-07-01');
  CREATE TABLE events_2 PARTITION OF events FOR VALUES FROM ('2025-07-01') TO ('2026-01-01');
  CREATE INDEX events_kind ON events (kind);
`

/** Some users have most of the orders, few orders are open. */
const fill = (users: number, orders: number, events: number): string => `
  INSERT INTO users SELECT i, 'User' || i || '@example.com', (ARRAY['de', 'de', 'de', 'fr', 'it'])[1 + i % 5], '2020-01-01'::date + i % 2000 FROM generate_series(1, ${users}) i;
  INSERT INTO orders SELECT i, 1 + floor(${users} * power((i::bigint * 7919 % 10007) / 10007.0, 4)), CASE WHEN i % 200 = 0 THEN 'open' WHEN i % 7 = 0 THEN 'paid' ELSE 'done' END::state,
    '2025-01-01'::timestamptz + i * interval '30 seconds', i * 31 % 1000, CASE WHEN i % 3 = 0 THEN 'note ' || i END FROM generate_series(1, ${orders}) i;
  INSERT INTO events SELECT i, '2025-01-01'::date + i % 365, 'k' || i % 100 FROM generate_series(1, ${events}) i;
`

const QUERIES: readonly (readonly [string, readonly unknown[]])[] = [
  ['SELECT * FROM orders WHERE id = $1', [4711]],
  ['SELECT * FROM orders WHERE user_id = $1 ORDER BY created_at DESC LIMIT 20', [1]],
  ['SELECT sum(total) FROM orders WHERE user_id = $1', [1]],
  ['SELECT sum(total) FROM orders WHERE user_id = $1', [9000]],
  ["SELECT count(*) FROM orders WHERE created_at >= '2025-03-01' AND created_at < '2025-03-03'", []],
  ["SELECT * FROM orders WHERE status = 'open' ORDER BY total DESC LIMIT 10", []],
  ["SELECT * FROM orders WHERE status = 'done' ORDER BY created_at LIMIT 10", []],
  ['SELECT country, count(*) FROM users GROUP BY country', []],
  ["SELECT u.email, o.total FROM users u JOIN orders o ON o.user_id = u.id WHERE lower(u.email) = 'user77@example.com'", []],
  ["SELECT u.country, sum(o.total) FROM users u JOIN orders o ON o.user_id = u.id WHERE o.status = 'open' GROUP BY u.country", []],
  ['SELECT user_id, count(*) FROM orders GROUP BY user_id ORDER BY 2 DESC LIMIT 5', []],
  ["SELECT * FROM events WHERE kind = 'k7' AND at >= '2025-08-01'", []],
  ['SELECT count(*) FROM orders WHERE note IS NULL AND total > 990', []],
  ['SELECT * FROM users WHERE id = ANY ($1)', [[1, 2, 3, 4, 5]]],
]

/** The nodes without their numbers. */
function shape(plan: Plan): string {
  const lines: string[] = []
  const visit = (node: PlanNode, depth: number): void => {
    lines.push(`${'  '.repeat(depth)}${describeNode(node)}`)
    for (const child of node.children) visit(child, depth + 1)
  }
  visit(plan.root, 0)
  return lines.join('\n')
}

async function exportFrom(verbs: SuiteVerbs, values = true): Promise<StatisticsDump> {
  const session = await verbs.openSession()
  try {
    return await exportStatistics({ query: (sql, params) => verbs.query(sql, params, session) }, { values })
  } finally {
    await verbs.closeSession(session)
  }
}

await describeEachSuite({ migrations: { run: ({ query }) => query(`${SCHEMA}${fill(100, 200, 100)}`) } }, (suite) => {
  let dump: StatisticsDump

  // The suite's own database is production; the template has 200 orders.
  beforeAll(async () => {
    const { postgres, verbs } = suite()
    // Checking each row's user would take most of the time.
    await postgres.query('TRUNCATE users, orders, events; ALTER TABLE orders DROP CONSTRAINT orders_user_id_fkey')
    await postgres.query(fill(10_000, 500_000, 50_000))
    await postgres.query('ALTER TABLE orders ADD CONSTRAINT orders_user_id_fkey FOREIGN KEY (user_id) REFERENCES users')
    await postgres.query('VACUUM ANALYZE')
    dump = await exportFrom(verbs)
  }, 120_000)

  test('plans with imported statistics are those of the database they are from', async () => {
    const { postgres } = suite()
    await using imported = await postgres.importStatistics(dump)
    for (const [sql, params] of QUERIES) {
      const real = await postgres.explain(sql, params, { analyze: false })
      const forecast = await imported.explain(sql, params)
      expect(`${sql}\n${shape(forecast)}`).toBe(`${sql}\n${shape(real)}`)
      for (const [index, node] of planNodes(forecast).entries()) {
        const wanted = planNodes(real)[index]?.estimatedRows ?? 0
        expect(Math.abs(node.estimatedRows - wanted), `${sql}: ${node.type}`).toBeLessThanOrEqual(Math.max(1, wanted * 0.02))
      }
      expect(Math.abs(forecast.root.cost.total / real.root.cost.total - 1)).toBeLessThan(0.05)
    }
  })

  test('what pg_dump writes gives the same plans', async () => {
    const { postgres, verbs } = suite()
    const session = await verbs.openSession()
    const text = await pgDumpText({ query: (sql, params) => verbs.query(sql, params, session) })
    await verbs.closeSession(session)
    await using imported = await postgres.importStatistics(text)
    for (const [sql, params] of QUERIES) {
      const real = await postgres.explain(sql, params, { analyze: false })
      expect(`${sql}\n${shape(await imported.explain(sql, params))}`).toBe(`${sql}\n${shape(real)}`)
    }
    expect(imported.skipped).toEqual([])
  })

  test('without values plans follow the number of different values', async () => {
    const { postgres, verbs } = suite()
    await using imported = await postgres.importStatistics(await exportFrom(verbs, false))
    const rows = async (status: string): Promise<number> =>
      (await imported.explain(`SELECT * FROM orders WHERE status = '${status}'`)).root.estimatedRows
    expect(await rows('open')).toBeCloseTo(166_667, -2)
    expect(await rows('done')).toBeCloseTo(166_667, -2)
    expect((await imported.explain('SELECT * FROM orders WHERE id = 5')).root.type).toBe('Index Scan')
  })

  test('a plan says what it was made with, and matchers take it', async () => {
    const { postgres } = suite()
    await using imported = await postgres.importStatistics(dump)
    const plan = await imported.explain('SELECT total FROM orders WHERE user_id = $1 ORDER BY created_at DESC LIMIT 20', [7])
    expect(toUseIndex(plan, 'orders_user').pass).toBe(true)
    expect(
      toSeqScan(plan, 'orders')
        .message()
        .replace(/Postgres [\d.]+/, 'Postgres N')
        .replace(/estimated rows \d,\d+/, 'estimated rows n'),
    ).toMatchInlineSnapshot(`
      "The plan reads orders without a Seq Scan.
        SELECT total FROM orders WHERE user_id = $1 ORDER BY created_at DESC LIMIT 20
        $1 = 7
        planned for orders: 500,000 rows (200 seeded)
        note: statistics of Postgres N, by hotbed statistics export

          Limit  estimated rows 20
        ✗   Index Scan using orders_user on orders  estimated rows n
                Index Cond: (user_id = 7)"
    `)
    expect(imported.tables.find(({ table }) => table === 'orders')).toMatchObject({ schema: 'public', seeded: 200, rows: 500_000 })
    expect(imported.skipped).toEqual([])
  })

  test('an index that production does not have yet is planned with, at an estimated size', async () => {
    const { postgres } = suite()
    const without = dump.tables.map((table) => ({ ...table, indexes: table.indexes.filter(({ name }) => name !== 'orders_created') }))
    await using imported = await postgres.importStatistics({ ...dump, tables: without })
    const plan = await imported.explain('SELECT * FROM orders ORDER BY created_at LIMIT 5')
    expect(plan.root.children[0]?.index).toBe('orders_created')
    const real = dump.tables.flatMap(({ indexes }) => indexes).find(({ name }) => name === 'orders_created')?.pages ?? 0
    const note = plan.scale?.notes.find((one) => one.startsWith('orders_created')) ?? ''
    expect(note).toMatch(/^orders_created: not in the dump: estimated at [\d,]+ pages$/)
    expect(Number(note.replaceAll(/\D/g, '')) / real).toBeCloseTo(1, 1)
  })

  test('what has no counterpart is skipped and told', async () => {
    const { postgres } = suite()
    const [first] = dump.tables
    const tables = dump.tables
      .filter(({ table }) => table !== 'users')
      .map((table) => {
        if (table.table !== 'orders') return table
        const columns = table.columns.flatMap((column) => {
          if (column.column === 'note') return []
          if (column.column === 'user_id') return [{ ...column, type: 'uuid' }]
          if (column.column !== 'created_at') return [column]
          const { type: _, ...untyped } = column
          return [
            { ...untyped, bounds: ['yesterday noon', 'later'] },
            { ...column, column: 'shipped_at' },
          ]
        })
        return { ...table, columns }
      })
    await using imported = await postgres.importStatistics({ ...dump, tables: [...tables, { ...first!, table: 'invoices', indexes: [] }] })
    expect(imported.skipped.map(({ name, reason }) => `${name}: ${reason}`).join('\n')).toMatchInlineSnapshot(`
      "invoices: not in this schema
      users: not in the dump
      orders.note: not in the dump, so it keeps the statistics that it has here
      orders.user_id: uuid in the dump, integer here
      orders.shipped_at: not in this schema
      orders.created_at: its values are none of its type here: invalid input syntax for type timestamp with time zone: "yesterday noon""
    `)
    const plan = await imported.explain('SELECT * FROM orders JOIN users ON users.id = user_id WHERE orders.id = 5')
    expect(plan.scale?.tables.map(({ table }) => table)).toEqual(['orders'])
    expect(plan.scale?.notes).toContain('users: not in the dump')
  })

  test('a table that was never analysed there is skipped', async () => {
    const { postgres } = suite()
    const tables = dump.tables.map((table) => (table.table === 'users' ? { ...table, rows: -1, columns: [] } : table))
    await using imported = await postgres.importStatistics({ ...dump, tables })
    expect(imported.skipped).toContainEqual({ name: 'users', reason: 'never analysed where the dump is from' })
  })

  test('a dump of another schema, a file that is not there and what is no dump are refused', async () => {
    const { postgres } = suite()
    const other = dump.tables.map((table) => ({ ...table, schema: 'elsewhere' }))
    await expect(postgres.importStatistics({ ...dump, tables: other })).rejects.toThrow(
      /^Nothing of the dump could be taken\. Its tables and indexes: elsewhere\./,
    )
    await expect(postgres.importStatistics('./nowhere.json')).rejects.toThrow(
      "importStatistics() was given './nowhere.json', which does not exist.",
    )
    await expect(postgres.importStatistics(7 as never)).rejects.toThrow(
      "Option 'dump' must be a path, or what hotbed statistics export wrote, but is 7.",
    )
  })

  test('statements run one after the other, a broken one breaks only itself, and nothing is planned after the end', async () => {
    const { postgres } = suite()
    const imported = await postgres.importStatistics(dump)
    const [good, bad, again] = await Promise.allSettled(['SELECT 1', 'SELEC 1', 'SELECT 2'].map((sql) => imported.explain(sql)))
    expect([good?.status, bad?.status, again?.status]).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    await imported.dispose()
    await expect(async () => imported.explain('SELECT 1')).rejects.toThrow('The imported statistics have been disposed.')
  })

  test('without them the template plans most of these otherwise', async () => {
    const { postgres, verbs } = suite()
    const session = await verbs.openThrowAway('template')
    try {
      const { rows } = await verbs.query('EXPLAIN (FORMAT JSON) SELECT * FROM orders WHERE id = 4711', undefined, session)
      expect(JSON.stringify(rows)).toContain('Seq Scan')
    } finally {
      await verbs.closeThrowAway(session)
    }
    await using imported = await postgres.importStatistics(dump)
    expect((await imported.explain('SELECT * FROM orders WHERE id = 4711')).root.type).toBe('Index Scan')
  })
})
