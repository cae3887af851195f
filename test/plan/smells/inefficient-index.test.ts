import { expect, test } from 'vitest'
import { inefficientIndex } from '../../../src/plan/smells/inefficient-index.js'
import { describeEachPostgres } from '../with-postgres.js'
import { findIn, within } from './find.js'

const SETUP = `
  CREATE TABLE jobs (id int PRIMARY KEY, tenant_id int NOT NULL, state text NOT NULL, created_at timestamptz NOT NULL, worker int, payload text);
  INSERT INTO jobs SELECT i, i % 10, CASE WHEN i % 2000 < 10 THEN 'failed' ELSE 'done' END, '2024-01-01'::timestamptz + i * interval '1 minute', i % 700, repeat('x', 80)
    FROM generate_series(1, 40000) i;
  CREATE INDEX jobs_tenant_idx ON jobs (tenant_id);
  CREATE INDEX jobs_tenant_created_idx ON jobs (tenant_id, created_at DESC);
  CREATE INDEX jobs_worker_idx ON jobs (worker);
`

await describeEachPostgres(SETUP, (database) => {
  const find = (sql: string, options?: Parameters<typeof findIn>[3]) => findIn(database(), inefficientIndex, sql, options)

  test('rows that an index found only to be thrown away are found, and not once the index of the remedy is there', async () => {
    const failed = "SELECT * FROM jobs WHERE tenant_id = 3 AND state = 'failed'"
    expect(await find(failed)).toEqual([
      expect.stringMatching(
        /^finds 4,000 rows of jobs by jobs_tenant(_created)?_idx to return 20 → CREATE INDEX ON jobs \(tenant_id, state\)$/,
      ),
    ])
    await within(database(), 'CREATE INDEX ON jobs (tenant_id, state)', async () => {
      expect(await find(failed, { insideTransaction: true })).toEqual([])
    })
  })

  test('an order that the index gives is kept', async () => {
    const latest = 'SELECT * FROM jobs WHERE tenant_id = 3 AND worker = 103 ORDER BY created_at DESC LIMIT 50'
    const settings = { enable_bitmapscan: false, enable_sort: false }
    expect(await find(latest, { settings })).toEqual([
      'finds 3,500 rows of jobs by jobs_tenant_created_idx to return 50 → CREATE INDEX ON jobs (tenant_id, worker, created_at DESC)',
    ])
    await within(database(), 'CREATE INDEX ON jobs (tenant_id, worker, created_at DESC)', async () => {
      expect(await find(latest, { settings, insideTransaction: true })).toEqual([])
    })
  })

  test('what no column can meet takes a partial index', async () => {
    const other = "SELECT * FROM jobs j WHERE tenant_id = 3 AND state <> 'done' AND j.payload ~~ '%x'"
    expect(await find(other)).toEqual([
      expect.stringContaining("→ CREATE INDEX ON jobs (tenant_id) WHERE ((state <> 'done'::text) AND (payload ~~ '%x'::text))"),
    ])
    await within(database(), "CREATE INDEX ON jobs (tenant_id) WHERE ((state <> 'done'::text) AND (payload ~~ '%x'::text))", async () => {
      expect(await find(other, { insideTransaction: true })).toEqual([])
    })
  })

  test('several indexes are each named', async () => {
    expect(await find("SELECT * FROM jobs WHERE (tenant_id = 3 OR worker = 5) AND state = 'lost'")).toEqual([
      expect.stringMatching(
        /^finds 4,05\d rows of jobs by jobs_tenant(_created)?_idx, jobs_worker_idx to return 0 → Add state to each of the indexes jobs_tenant(_created)?_idx, jobs_worker_idx$/,
      ),
    ])
  })

  test('a plan that was only estimated shows it where a bitmap is built', async () => {
    expect(
      await find("SELECT * FROM jobs WHERE tenant_id = 3 AND state = 'failed'", { analyze: false, settings: { enable_indexscan: false } }),
    ).toEqual([
      expect.stringMatching(
        /^finds [34],\d{3} rows of jobs by jobs_tenant(_created)?_idx to return \d+ → CREATE INDEX ON jobs \(tenant_id, state\)$/,
      ),
    ])
  })

  test('few rows found and a filter that most pass do not smell', async () => {
    expect(await find("SELECT * FROM jobs WHERE worker = 5 AND state = 'failed'")).toEqual([])
    expect(await find("SELECT * FROM jobs WHERE tenant_id = 3 AND state = 'done'")).toEqual([])
    expect(await find('SELECT * FROM jobs WHERE tenant_id = 3')).toEqual([])
  })
})
