import { expect, test } from 'vitest'
import { disabledNode } from '../../../src/plan/smells/disabled-node.js'
import { describeEachPostgres, SHOP } from '../with-postgres.js'
import { findIn, within } from './find.js'

await describeEachPostgres(SHOP, (database) => {
  const find = (sql: string, options?: Parameters<typeof findIn>[3]) => findIn(database(), disabledNode, sql, options)
  const settings = { enable_seqscan: false }

  test('a forbidden node is found, and not once there is another way', async () => {
    const sql = 'SELECT * FROM orders WHERE total = 77'
    expect(await find(sql, { settings })).toEqual([
      'Seq Scan on orders was planned although enable_seqscan is off → RESET enable_seqscan, or CREATE INDEX ON orders (total)',
    ])
    await within(database(), 'CREATE INDEX ON orders (total)', async () => {
      expect(await find(sql, { settings, insideTransaction: true })).toEqual([])
    })
    expect(await find(sql)).toEqual([])
  })

  test('a plan that was only estimated shows it as well', async () => {
    expect(await find('SELECT * FROM orders ORDER BY total', { settings: { enable_sort: false }, analyze: false })).toEqual([
      'Sort was planned although enable_sort is off → RESET enable_sort',
    ])
  })

  test('a setting that only made another way dearer does not smell', async () => {
    expect(await find('SELECT * FROM orders WHERE user_id = 7', { settings })).toEqual([])
  })
})
