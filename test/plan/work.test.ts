import { expect, test } from 'vitest'
import { explain } from '../../src/plan/explain.js'
import { buffersOf, countExaminedRows, examinedRows, workOf } from '../../src/plan/work.js'
import { describeEachPostgres, SHOP } from './with-postgres.js'

const SQL = 'SELECT count(*) FROM orders o JOIN countries c ON c.code = o.status WHERE o.total > 7'

await describeEachPostgres(SHOP, (database) => {
  test('rows count where a table is read, those thrown away among them, and buffers as the whole plan has them', async () => {
    const [{ rows = 0 } = {}] = (await database().sql.query('SELECT count(*)::int AS rows FROM orders')).rows as { rows?: number }[]
    const plan = await explain(database().sql, SQL)
    const scans = examinedRows(plan)
    expect(scans[0]).toMatchObject({ node: { relation: { table: 'orders' } }, rows })
    expect(countExaminedRows(plan)).toBe(scans.reduce((sum, one) => sum + one.rows, 0))
    expect(workOf(plan)).toEqual({ count: buffersOf(plan), unit: 'buffers' })
    expect(buffersOf(plan)).toBeGreaterThan(0)
  })

  test('a plan that was not executed has done nothing, and is weighed by its cost', async () => {
    const plan = await explain(database().sql, SQL, [], { analyze: false })
    expect([countExaminedRows(plan), buffersOf(plan)]).toEqual([0, 0])
    expect(workOf(plan)).toEqual({ count: Math.round(plan.root.cost.total), unit: 'cost' })
  })
})
