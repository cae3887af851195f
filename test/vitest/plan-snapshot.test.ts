import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { config, useConsumer, type Project } from './consumer.js'

const consumer = useConsumer()

const CHECK = `
import { expect, test } from 'hotbed/vitest'

test.beforeAll(async ({ postgres }) => {
  await postgres.query('CREATE TABLE orders (id int PRIMARY KEY, user_id int, note text)')
  await postgres.query("INSERT INTO orders SELECT i, i % 100, 'n' FROM generate_series(1, 10000) i")
  await postgres.query('CREATE INDEX orders_user_id_idx ON orders (user_id)')
  await postgres.query('ANALYZE orders')
})

test('orders of a user', async ({ postgres }) => {
  const settings = JSON.parse(process.env.SETTINGS ?? '{}')
  const plan = await postgres.explain(process.env.STATEMENT ?? 'SELECT note FROM orders WHERE user_id = $1', [7], { settings })
  expect(plan).toMatchPlanSnapshot()
})
`

function kept(project: Project): string {
  return readFileSync(join(project.directory, '__snapshots__/orders.check.ts.snap'), 'utf8')
}

test('a plan is kept, compared, refused under other settings, and renewed by -u, as snapshots of vitest are', async () => {
  const project = consumer.project({ 'vitest.config.ts': config("{ postgres: { provider: 'embedded' } }"), 'orders.check.ts': CHECK })
  const inCi = { CI: 'true' }
  const local = { CI: '' }

  const missing = await project.run([], inCi)
  expect([missing.status, missing.output]).toEqual([1, expect.stringContaining('mismatched')])
  const first = await project.run([], local)
  expect([first.status, first.output]).toEqual([0, expect.stringContaining('1 written')])
  expect(kept(project)).toMatchInlineSnapshot(`
    "// Vitest Snapshot v1, https://vitest.dev/guide/snapshot.html

    exports[\`orders of a user 1\`] = \`
    Bitmap Heap Scan on orders
        Recheck Cond: (user_id = $1)
      Bitmap Index Scan on orders_user_id_idx (user_id)
          Index Cond: (user_id = $1)
    buffers <= 56
    PostgreSQL 18
    jit = off
    max_parallel_workers_per_gather = 0
    \`;
    "
  `)
  expect((await project.run([], inCi)).status).toBe(0)

  const other = await project.run([], { ...inCi, SETTINGS: '{"work_mem":"1MB"}' })
  expect(other.status).not.toBe(0)
  expect(other.output).toMatch(/mismatched: it was kept under other planner settings: the defaults there, work_mem = 1MB here/)

  const statement = { STATEMENT: 'SELECT note FROM orders WHERE user_id + 0 = $1' }
  const changed = await project.run([], { ...inCi, ...statement })
  expect(changed.status).not.toBe(0)
  expect(changed.output).toContain('The plan has another shape.')
  expect(changed.output).toMatch(/^\s*- Bitmap Heap Scan on orders$/m)
  expect(changed.output).toMatch(/^\s*\+ Seq Scan on orders$/m)

  expect((await project.run(['-u'], { ...local, ...statement, SETTINGS: '{"work_mem":"1MB"}' })).status).toBe(0)
  expect(kept(project)).toContain('Seq Scan on orders\n    Filter: ((user_id + 0) = $1)\nbuffers <= ')
  expect(kept(project)).toContain('work_mem = 1MB')
})
