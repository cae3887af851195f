import { expect, test } from 'vitest'
import { explain } from '../../src/plan/explain.js'
import { namesParameters } from '../../src/plan/names-parameters.js'
import { describeEachPostgres, SHOP } from './with-postgres.js'

await describeEachPostgres(SHOP, (database) => {
  const seen = async (sql: string, params: readonly unknown[], generic: boolean): Promise<boolean> =>
    namesParameters(JSON.stringify((await explain(database().sql, sql, params, { generic })).raw), params.length)

  test('a generic plan names its parameters, a custom one has the values', async () => {
    const sql = 'SELECT * FROM orders WHERE user_id = $1'
    expect(await seen(sql, [7], true)).toBe(true)
    expect(await seen(sql, [7], false)).toBe(false)
  })

  test('the result of an InitPlan is no parameter', async () => {
    const sql = 'SELECT * FROM orders WHERE total > (SELECT avg(total) FROM orders) AND user_id = $1'
    expect(await seen(sql, [7], false)).toBe(false)
    expect(await seen(sql, [7], true)).toBe(true)
  })
})
