import { expect, test } from 'vitest'
import { defineDataset, growth, sequence } from '../../../src/seed/index.js'
import { makeFolder } from '../../databases/place.js'
import { describeEachSuite, type TestSuite } from './with-suite.js'

const PARTS = `
  CREATE TABLE events (id bigint NOT NULL, at timestamptz NOT NULL, logged_at timestamptz NOT NULL, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
  CREATE TABLE events_q1 PARTITION OF events FOR VALUES FROM ('2024-01-01') TO ('2024-04-01');
  CREATE TABLE events_q2 PARTITION OF events FOR VALUES FROM ('2024-04-01') TO ('2024-07-01');
  CREATE TABLE events_q3 PARTITION OF events FOR VALUES FROM ('2024-07-01') TO ('2024-10-01');
  CREATE TABLE events_q4 PARTITION OF events FOR VALUES FROM ('2024-10-01') TO ('2025-01-01');
  CREATE TABLE sessions (id bigint PRIMARY KEY, at timestamptz NOT NULL) PARTITION BY HASH (id);
  CREATE TABLE sessions_0 PARTITION OF sessions FOR VALUES WITH (MODULUS 2, REMAINDER 0);
  CREATE TABLE sessions_1 PARTITION OF sessions FOR VALUES WITH (MODULUS 2, REMAINDER 1);
`
const ROWS = `
  INSERT INTO events SELECT i, '2024-01-01'::timestamptz + (i - 1) * interval '366 days' / 4000, '2024-01-01'::timestamptz + i * interval '1 minute' FROM generate_series(1, 4000) i;
  INSERT INTO sessions SELECT i, '2024-01-01'::timestamptz + i * interval '1 minute' FROM generate_series(1, 4000) i;
`
const during = growth({ from: '2024-01-01', to: '2025-01-01' })
const dataset = defineDataset({
  tables: {
    events: { rows: 4000, columns: { id: sequence(), at: during, logged_at: during } },
    sessions: { rows: 4000, columns: { id: sequence(), at: during } },
  },
})

/** Rows that each part is thought to have between two ids, to the nearest 50,000: quarters have 91 or 92 days. */
async function estimates({ postgres }: TestSuite, parts: readonly string[], from: number, to: number): Promise<readonly number[]> {
  const rows = { events: 4_000_000, sessions: 4_000_000 }
  const found: number[] = []
  for (const part of parts) {
    const plan = await postgres.explainAtScale(`SELECT * FROM ${part} WHERE id BETWEEN $1 AND $2`, [from, to], rows)
    found.push(Math.round(plan.root.estimatedRows / 50_000) * 50_000)
  }
  return found
}

const QUARTERS = ['events_q1', 'events_q2', 'events_q3', 'events_q4']

await describeEachSuite({ migrations: makeFolder({ '1.sql': PARTS + ROWS }) }, (suite) => {
  test('ids that rise through the parts of a table are shared by them in order', async () => {
    expect(await estimates(suite(), QUARTERS, 1, 1_000_000)).toEqual([1_000_000, 0, 0, 0])
    expect(await estimates(suite(), QUARTERS, 1_500_000, 3_500_000)).toEqual([0, 500_000, 1_000_000, 500_000])
  })

  test('rows whose hash decides have ids of the whole range in every part', async () => {
    const parts = ['sessions_0', 'sessions_1']
    expect(await estimates(suite(), parts, 1_000_000, 2_000_000)).toEqual([500_000, 500_000])
    const plan = await suite().postgres.explainAtScale('SELECT * FROM sessions WHERE id > 3999000', [], { sessions: 4_000_000 })
    expect(plan.scale?.notes).toEqual([])
    expect(plan.root.estimatedRows).toBeGreaterThan(900)
    expect(plan.root.estimatedRows).toBeLessThan(1100)
  })

  test('parts keep the range that makes them, and cannot be told to leave it', async () => {
    const { postgres } = suite()
    const plan = await postgres.explainAtScale("SELECT * FROM events WHERE at > '2024-12-01'", [], { events: 4_000_000 })
    expect(plan.root.estimatedRows / 338_798).toBeCloseTo(1, 1)
    const attempt = postgres.explainAtScale('SELECT * FROM events', [], { events: 5 }, { columns: { 'events.at': 'continues' } })
    await expect(attempt).rejects.toThrowErrorMatchingInlineSnapshot(`
      [HotbedError: Option 'columns' says that 'events.at' continues, but it decides which part of events a row is in, and no part is for values to come. [ERR_HOTBED_OPTION]
        → Leave the rule out: every part keeps its range, and they share the rows as they do now.]
    `)
  })

  test('what a plan says of the table is of its own size, and not of an earlier one', async () => {
    const { postgres } = suite()
    const sizeAt = async (events: number): Promise<number> => {
      const plan = await postgres.explainAtScale('SELECT * FROM events', [], { events })
      return plan.schema.tables.reduce((sum, { name, reltuples }) => (name === 'events' ? sum + reltuples : sum), 0)
    }
    expect([await sizeAt(8000), await sizeAt(4_000_000)]).toEqual([8000, 4_000_000])
  })

  test('times beside the key go on, in the order of the parts', async () => {
    const { postgres } = suite()
    // 4,000,000 minutes end in August 2031; the second quarter has those from 994,000 to 1,989,000.
    const sql = "SELECT * FROM events_q2 WHERE logged_at > '2025-11-21 14:40:00+00' AND logged_at < '2026-11-21 14:40:00+00'"
    const plan = await postgres.explainAtScale(sql, [], { events: 4_000_000 })
    expect(plan.root.estimatedRows / (365 * 1440)).toBeCloseTo(1, 1)
  })
})

await describeEachSuite({ migrations: makeFolder({ '1.sql': PARTS }), dataset }, (suite) => {
  test('with a dataset, too', async () => {
    expect(await estimates(suite(), QUARTERS, 1_500_000, 3_500_000)).toEqual([0, 500_000, 1_000_000, 500_000])
    expect(await estimates(suite(), ['sessions_0', 'sessions_1'], 1_000_000, 2_000_000)).toEqual([500_000, 500_000])
  })

  test('a key that the dataset continues is kept in its range, and the plan says so', async () => {
    const { postgres } = suite()
    const plan = await postgres.explainAtScale('SELECT * FROM events', [], { events: 4_000_000 })
    expect(plan.scale?.notes).toEqual([
      'events.at keeps its range, because no part is for later values: the parts share the rows as they do now.',
    ])
    expect(plan.root.estimatedRows).toBe(4_000_000)
  })
})
