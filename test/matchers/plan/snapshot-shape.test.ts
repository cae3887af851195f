import { expect, test } from 'vitest'
import { snapshotShape } from '../../../src/matchers/plan/snapshot-shape.js'
import { describeEachPostgres, SHOP } from '../../plan/with-postgres.js'
import { explainOn } from './on-postgres.js'

await describeEachPostgres(SHOP, (database) => {
  const run = explainOn(database)

  test('a shape has indexes with their columns, keys and conditions, and no numbers', async () => {
    const plan = await run(
      'SELECT * FROM orders o JOIN countries c ON c.code = o.status WHERE user_id = $1 AND total > 10 ORDER BY o.created_at DESC LIMIT 5',
      [3],
      { settings: { enable_bitmapscan: false, enable_hashjoin: false, enable_mergejoin: false, enable_seqscan: false } },
    )
    expect(snapshotShape(plan)).toMatchInlineSnapshot(`
      "Limit
        Nested Loop
          Index Scan using orders_user_id_created_at_idx on orders o (user_id, created_at DESC)
              Index Cond: (user_id = $1)
              Filter: (total > '10'::numeric)
          Memoize
              Cache Key: o.status
            Index Only Scan using countries_pkey on countries c (code)
                Index Cond: (code = o.status)"
    `)
  })

  test('it is the same whatever the values, also without them', async () => {
    const sql = 'SELECT id FROM orders WHERE user_id = $1 AND created_at < $2'
    const one = snapshotShape(await run(sql, [3, new Date('2024-01-20T00:00:00Z')]))
    expect(snapshotShape(await run(sql, [4, '2024-01-21T00:00:00Z']))).toBe(one)
    expect(snapshotShape(await run(sql, [3, '2024-01-20'], { generic: true }))).toBe(one)
    expect(one).toContain('(user_id = $1)')
    expect(snapshotShape(await run('SELECT id FROM orders WHERE user_id = $1 AND created_at < now()', [3]))).not.toBe(one)
  })

  test('what PostgreSQL numbers is the same on every version', async () => {
    const plan = await run("SELECT * FROM events WHERE at = (SELECT max('2024-03-01'::date)) AND kind = 'k7'", [], {
      settings: { enable_bitmapscan: false },
    })
    expect(snapshotShape(plan)).toMatchInlineSnapshot(`
      "Append
        InitPlan 1: Aggregate
          Result
        Index Scan using events_2023_kind_idx on events_2023 (kind)
            Index Cond: (kind = 'k7'::text)
            Filter: (at = (InitPlan 1).col1)
        Index Scan using events_2024_kind_idx on events_2024 (kind)
            Index Cond: (kind = 'k7'::text)
            Filter: (at = (InitPlan 1).col1)"
    `)
  })
})
