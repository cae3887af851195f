import { expect, test } from 'vitest'
import { toSpillToDisk } from '../../../src/matchers/plan/to-spill-to-disk.js'
import { describeEachPostgres, SHOP } from '../../plan/with-postgres.js'
import { explainOn, mask, refusal } from './on-postgres.js'

const PROPOSED = /work_mem = '(\d+[kM]B)' would be enough/

function maskSizes(text: string): string {
  return mask(text).replaceAll(/[\d.]+ [kM]B to disk/g, 'n MB to disk')
}

await describeEachPostgres(SHOP, (database) => {
  const run = explainOn(database)

  test.each([
    ['Sort', 'SELECT * FROM orders ORDER BY total', {}],
    ['Sort', 'SELECT id FROM orders ORDER BY total, id', {}],
    ['HashAggregate', 'SELECT total, count(*), max(created_at) FROM orders GROUP BY total', { enable_sort: false }],
    ['HashAggregate', 'SELECT DISTINCT total, created_at FROM orders', { enable_sort: false, enable_incremental_sort: false }],
    ['Hash', 'SELECT count(*) FROM orders a JOIN orders b ON a.id = b.total', { enable_mergejoin: false, enable_nestloop: false }],
    ['Materialize', 'SELECT count(*) FROM countries c LEFT JOIN (SELECT * FROM orders OFFSET 0) o ON o.status <> c.code', {}],
    ['CTE Scan', 'WITH all_of_them AS MATERIALIZED (SELECT * FROM orders) SELECT count(*) FROM all_of_them', {}],
  ])('a spilling %s of %s is told, and the work_mem that is proposed is enough', async (what, sql, settings) => {
    const explain = (work_mem: string) => run(sql, [], { settings: { ...settings, work_mem } })
    const verdict = toSpillToDisk(await explain('128kB'))
    expect(verdict.pass).toBe(true)
    const [headline] = verdict.message().split('\n')
    expect(headline).toMatch(new RegExp(`^The plan spills .* to disk: ${what} did not fit into work_mem \\(128kB\\)\\.$`))
    const [, proposed = ''] = PROPOSED.exec(verdict.message()) ?? []
    const again = toSpillToDisk(await explain(proposed))
    expect([proposed, again.pass, again.pass ? again.message() : '']).toEqual([expect.stringMatching(/^\d+[kM]B$/), false, ''])
  })

  test('the message shows the sort, what it wrote, and the remedy', async () => {
    const verdict = toSpillToDisk(await run('SELECT * FROM orders ORDER BY total', [], { settings: { work_mem: '1MB' } }))
    expect(maskSizes(verdict.message())).toMatchInlineSnapshot(`
      "The plan spills n MB to disk: Sort did not fit into work_mem (1MB).
        SELECT * FROM orders ORDER BY total

        ✗ Sort  rows 50,000  buffers n  spilled n
              Sort Key: total
            … 1 more node
        work_mem = '8MB' would be enough, by what the plan tells. Fewer or narrower rows need less."
    `)
  })

  test('a sort that fits spills nothing', async () => {
    const verdict = toSpillToDisk(await run('SELECT id FROM orders WHERE user_id = 3 ORDER BY total'))
    expect(verdict.pass).toBe(false)
    expect(mask(verdict.message())).toMatchInlineSnapshot(`
      "The plan spills nothing to disk.
        SELECT id FROM orders WHERE user_id = 3 ORDER BY total

        ✗ Sort  rows 100  buffers n
              Sort Key: total
            … 2 more nodes"
    `)
  })

  test('a plan that was only estimated is refused', async () => {
    const plan = await run('SELECT * FROM orders ORDER BY total', [], { analyze: false })
    expect(refusal(() => toSpillToDisk(plan))).toContain('toSpillToDisk judges what was counted')
  })
})
