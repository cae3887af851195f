import { expect, test } from 'vitest'
import { explain } from '../../src/plan/explain.js'
import { planHead, planShape } from '../../src/plan/shape.js'
import { describeEachPostgres, SHOP } from './with-postgres.js'

await describeEachPostgres(SHOP, (database) => {
  const plan = (sql: string, params: readonly unknown[] = [], settings = {}) =>
    explain(database().sql, sql, params, { analyze: false, settings })

  test('a shape has everything but costs, rows and values', async () => {
    const sql = 'SELECT status, count(*) FROM orders WHERE user_id = $1 AND total > 5 GROUP BY status ORDER BY status'
    const shape = planShape(await plan(sql, [42]))
    expect(shape).toMatchInlineSnapshot(`
      "Sort by status
        HashAggregate by status
          Bitmap Heap Scan on orders [recheckCond] [filter]
            Bitmap Index Scan on orders_user_id_created_at_idx (user_id, created_at DESC) [indexCond]"
    `)
    expect(planShape(await plan(sql, [43]))).toBe(shape)
    expect(planShape(await plan(sql, [42], { enable_bitmapscan: false }))).not.toBe(shape)
  })

  test('an index that meets a condition and one that only gives the order are two shapes', async () => {
    const met = await plan('SELECT id FROM orders WHERE created_at > $1 ORDER BY created_at LIMIT 1', ['2024-01-01'])
    const walked = await plan('SELECT id FROM orders WHERE total > $1 ORDER BY created_at LIMIT 1', [5])
    expect(planHead(met)).toBe('Limit ← Index Scan using orders_created_at_idx')
    expect(planHead(walked)).toBe(planHead(met))
    expect(planShape(walked)).not.toBe(planShape(met))
  })

  test('in one line stand the nodes from the result down, the sides of a join in parentheses, members of an Append once', async () => {
    expect(planHead(await plan('SELECT * FROM orders WHERE user_id = 7 ORDER BY total LIMIT 3'))).toBe(
      'Limit ← Sort ← Bitmap Heap Scan using orders_user_id_created_at_idx',
    )
    expect(planHead(await plan('SELECT * FROM orders o JOIN countries c ON c.code = o.status'))).toBe(
      'Hash Join ← (Seq Scan on orders o, Seq Scan on countries c)',
    )
    expect(planHead(await plan("SELECT * FROM orders WHERE user_id = 7 AND created_at < '2024-01-02' OR id = 8"))).toBe(
      'Bitmap Heap Scan using orders_user_id_created_at_idx, orders_pkey',
    )
    expect(planHead(await plan('SELECT count(*) FROM events'))).toBe(
      'Aggregate ← Append ← (Seq Scan on events_2023 events_1, Seq Scan on events_2024 events_2)',
    )
    expect(planHead(await plan('SELECT 1'))).toBe('Result')
  })
})
