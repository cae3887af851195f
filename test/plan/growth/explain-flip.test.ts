import { expect, test } from 'vitest'
import { explain } from '../../../src/plan/explain.js'
import { explainFlip } from '../../../src/plan/growth/explain-flip.js'
import { describeEachPostgres, SHOP } from '../with-postgres.js'

await describeEachPostgres(SHOP, (database) => {
  const plan = (sql: string, settings: Readonly<Record<string, boolean>> = {}) =>
    explain(database().sql, sql, [], { analyze: false, settings })

  test('what the new plan does otherwise is said, scan by scan and join by join', async () => {
    const sql = 'SELECT * FROM orders o JOIN countries c ON c.code = o.status WHERE o.user_id = 7'
    const why = explainFlip(
      await plan(sql, { enable_hashjoin: false, enable_mergejoin: false }),
      await plan(sql, { enable_bitmapscan: false, enable_nestloop: false }),
    )
    expect(why.map((line) => line.replace(/\(.*/, ''))).toMatchInlineSnapshot(`
      [
        "o is read by Index Scan using orders_user_id_created_at_idx, no longer by Bitmap Heap Scan using orders_user_id_created_at_idx ",
        "tables are joined by Hash Join, no longer by Nested Loop",
      ]
    `)
  })

  test('an index that is only walked for its order is told from one that meets a condition', async () => {
    const sql = 'SELECT * FROM orders WHERE total > 5 ORDER BY created_at LIMIT 3'
    const sorted = await plan(sql, { enable_indexscan: false })
    expect(explainFlip(sorted, await plan(sql))).toEqual([
      "orders_created_at_idx is walked in the order of created_at until 3 rows match (no Index Cond, Filter: (total > '5'::numeric))",
      'no Sort is needed any more',
    ])
    expect(explainFlip(await plan(sql), sorted)).toContain('rows are sorted now')
  })
})
