import { expect, test } from 'vitest'
import { deepOffset } from '../../../src/plan/smells/deep-offset.js'
import { describeEachPostgres, SHOP } from '../with-postgres.js'
import { findIn } from './find.js'

await describeEachPostgres(SHOP, (database) => {
  const find = (sql: string, options?: Parameters<typeof findIn>[3]) => findIn(database(), deepOffset, sql, options)

  test('a page far behind is found, and not when it is asked for by keyset', async () => {
    expect(await find('SELECT * FROM orders ORDER BY id DESC LIMIT 10 OFFSET 20000')).toEqual([
      'computes 20,010 rows and skips 20,000 of them to return 10 → Keyset pagination: WHERE id < $1, the values of the last row shown, ORDER BY id DESC, instead of OFFSET',
    ])
    expect(await find('SELECT * FROM orders WHERE id < $1 ORDER BY id DESC LIMIT 10', { params: [30001] })).toEqual([])
  })

  test('the order of a Sort makes the keyset as well, with all its columns', async () => {
    expect(await find('SELECT * FROM orders o ORDER BY o.total, o.id LIMIT 10 OFFSET 20000')).toEqual([
      'computes 20,010 rows and skips 20,000 of them to return 10 → Keyset pagination: WHERE (total, id) > ($1, $2), the values of the last row shown, ORDER BY total, id, instead of OFFSET',
    ])
    expect(await find('SELECT * FROM orders WHERE (total, id) > ($1, $2) ORDER BY total, id LIMIT 10', { params: [20000, 20000] })).toEqual(
      [],
    )
  })

  test('what is fixed by a condition is no part of the keyset', async () => {
    const sql = 'SELECT * FROM orders WHERE user_id = 42 AND id <> 5 ORDER BY created_at DESC LIMIT 1 OFFSET 99'
    expect(await find(sql)).toEqual([])
    expect(await find(sql.replace('user_id = 42', 'user_id % 2 = 0').replace('99', '2000'))).toEqual([
      'computes 2,001 rows and skips 2,000 of them to return 1 → Keyset pagination: WHERE created_at < $1, the values of the last row shown, ORDER BY created_at DESC, instead of OFFSET',
    ])
  })

  test('orders that no comparison of rows can say are left to the reader', async () => {
    expect(await find('SELECT * FROM orders ORDER BY status, id DESC LIMIT 10 OFFSET 20000')).toEqual([
      'computes 20,010 rows and skips 20,000 of them to return 10 → Keyset pagination: WHERE <the order by columns come after those of the last row shown>, instead of OFFSET',
    ])
  })

  test('pages at the front, big pages and offsets past the end of little do not smell', async () => {
    expect(await find('SELECT * FROM orders ORDER BY id LIMIT 10 OFFSET 90')).toEqual([])
    expect(await find('SELECT * FROM orders ORDER BY id LIMIT 1000 OFFSET 2000')).toEqual([])
    expect(await find('SELECT * FROM countries ORDER BY code LIMIT 10 OFFSET 5')).toEqual([])
    expect(await find('SELECT * FROM orders ORDER BY id LIMIT 10')).toEqual([])
    expect(await find('SELECT * FROM orders ORDER BY id LIMIT 10 OFFSET 20000', { analyze: false })).toEqual([])
  })

  test('an offset past the end of much is the worst of all', async () => {
    expect(await find('SELECT id FROM orders ORDER BY id LIMIT 10 OFFSET 60000')).toEqual([
      'computes 50,000 rows and skips 50,000 of them to return 0 → Keyset pagination: WHERE id > $1, the values of the last row shown, ORDER BY id, instead of OFFSET',
    ])
  })
})
