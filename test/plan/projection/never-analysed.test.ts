import { expect, test } from 'vitest'
import { findFamilies } from '../../../src/plan/projection/families.js'
import { describeEachPostgres } from '../with-postgres.js'

await describeEachPostgres('CREATE TABLE known (id int); INSERT INTO known SELECT generate_series(1, 10)', (database) => {
  test('a table that was never analysed is refused with the command to type', async () => {
    const { sql } = database()
    await sql.query('CREATE TABLE fresh (id int); INSERT INTO fresh SELECT generate_series(1, 10)')
    await expect(findFamilies(sql, ['fresh'])).rejects.toMatchObject({
      code: 'ERR_HOTBED_PROJECTION',
      message: expect.stringContaining('The table fresh was never analysed'),
      remedy: expect.stringContaining("Run 'ANALYZE fresh'"),
    })
  })

  test('a temporary table is refused', async () => {
    const { sql } = database()
    await sql.query('CREATE TEMP TABLE mine (id int)')
    await expect(findFamilies(sql, ['mine'])).rejects.toMatchObject({
      code: 'ERR_HOTBED_OPTION',
      message: expect.stringContaining("'mine' is a temporary table"),
    })
  })

  test('a table without rows and one with statistics are told apart', async () => {
    const { sql } = database()
    await sql.query('CREATE TABLE bare (id int)')
    await sql.query('VACUUM (ANALYZE) bare')
    await expect(findFamilies(sql, ['bare'])).rejects.toThrow('The template has no rows of bare')
    expect((await findFamilies(sql, ['known'])).map(({ seeded }) => seeded)).toEqual([10])
  })
})
