import { expect, test } from 'vitest'
import { tooFewWorkers } from '../../../src/plan/smells/too-few-workers.js'
import { describeEachPostgres } from '../with-postgres.js'
import { findIn } from './find.js'

const SETUP = `
  CREATE TABLE orders (id int PRIMARY KEY, status text);
  INSERT INTO orders SELECT i, CASE WHEN i % 10 = 0 THEN 'open' ELSE 'done' END FROM generate_series(1, 20000) i;
`
const PARALLEL = { max_parallel_workers_per_gather: 2, min_parallel_table_scan_size: 0, parallel_setup_cost: 0, parallel_tuple_cost: 0 }

await describeEachPostgres(SETUP, (database) => {
  const find = (sql: string, settings: Readonly<Record<string, string | number | boolean>>) =>
    findIn(database(), tooFewWorkers, sql, { settings: { ...PARALLEL, ...settings } })
  const open = "SELECT count(*) FROM orders WHERE status = 'open'"

  test('a plan that gets fewer workers than it was made for is found, and not once there are enough', async () => {
    expect(await find(open, { max_parallel_workers: 1 })).toMatchInlineSnapshot(`
      [
        "plans 2 workers and gets 1 to read 20,000 rows → Raise max_parallel_workers (now 1) and max_worker_processes above what all sessions use at a time, or plan for what there is: max_parallel_workers_per_gather = 1",
      ]
    `)
    expect(await find(open, { max_parallel_workers: 0 })).toMatchInlineSnapshot(`
      [
        "plans 2 workers and gets 0 to read 20,000 rows → Raise max_parallel_workers (now 0) and max_worker_processes above what all sessions use at a time, or plan for what there is: max_parallel_workers_per_gather = 0",
      ]
    `)
    expect(await find(open, { max_parallel_workers: 8 })).toEqual([])
  })

  test('a plan made for what there is, and one of few rows, do not smell', async () => {
    expect(await find(open, { max_parallel_workers: 1, max_parallel_workers_per_gather: 1 })).toEqual([])
    expect(await find(`${open} AND id <= 50`, { max_parallel_workers: 0, enable_seqscan: false })).toEqual([])
  })
})
