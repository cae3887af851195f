import { expect, test } from 'vitest'
import { upsertChurn } from '../../../src/plan/smells/upsert-churn.js'
import { describeEachPostgres } from '../with-postgres.js'
import { findIn } from './find.js'

const SETUP = `
  CREATE TABLE products (id int PRIMARY KEY, price int, views int DEFAULT 0, "seenAt" timestamptz, tax int);
  INSERT INTO products SELECT i, i % 90 FROM generate_series(1, 3000) i;
`

await describeEachPostgres(SETUP, (database) => {
  const find = (sql: string, options?: Parameters<typeof findIn>[3]) => findIn(database(), upsertChurn, sql, options)
  const sync =
    'INSERT INTO products AS p SELECT i, i % 90 FROM generate_series(1, 3050) i ON CONFLICT (id) DO UPDATE SET price = excluded.price'

  test('rows that are written as they were are found, and not once they are left alone', async () => {
    expect(await find(sync)).toMatchInlineSnapshot(`
      [
        "inserts 50 rows into products and writes 3,000 that were there, whether they differ or not → Leave rows that are the same: DO UPDATE SET … WHERE p.price IS DISTINCT FROM excluded.price",
      ]
    `)
    expect(await find(`${sync} WHERE p.price IS DISTINCT FROM excluded.price`)).toEqual([])
  })

  test('the condition of the remedy compares what comes from outside, and not the time', async () => {
    const several = sync.replace('= excluded.price', '= excluded.price, "seenAt" = now(), tax = excluded.tax')
    const [found = ''] = await find(several)
    expect(found).toMatch(/WHERE \(p\.price, p\.tax\) IS DISTINCT FROM \(excluded\.price, excluded\.tax\)$/)
    expect(await find(`${several} ${/WHERE .*$/.exec(found)?.[0]}`)).toEqual([])
  })

  test('rows that do change are what an upsert is for', async () => {
    expect(await find(`${sync}, views = p.views + 1`)).toEqual([])
    expect(await find(sync.replace('excluded.price', 'p.price + excluded.price'))).toEqual([])
  })

  test('mostly new rows, a few rows, and conflicts that do nothing do not smell', async () => {
    expect(await find(sync.replace('(1, 3050)', '(2001, 6000)'))).toEqual([])
    expect(await find(sync.replace('(1, 3050)', '(1, 900)'))).toEqual([])
    expect(await find(sync.replace('DO UPDATE SET price = excluded.price', 'DO NOTHING'))).toEqual([])
    expect(await find(sync, { analyze: false })).toEqual([])
  })
})
