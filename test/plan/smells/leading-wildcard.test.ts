import { expect, test } from 'vitest'
import { leadingWildcard } from '../../../src/plan/smells/leading-wildcard.js'
import { describeEachPostgres } from '../with-postgres.js'
import { findIn, within } from './find.js'

const SETUP = `
  CREATE TABLE users (id int PRIMARY KEY, email text, code varchar(40), "Bio" text);
  INSERT INTO users SELECT i, md5(i::text) || '@example.com', md5(i::text), md5((i * 7)::text) FROM generate_series(1, 20000) i;
`

await describeEachPostgres(SETUP, (database) => {
  const find = (sql: string, options?: Parameters<typeof findIn>[3]) => findIn(database(), leadingWildcard, sql, options)
  const trigrams = 'CREATE EXTENSION IF NOT EXISTS pg_trgm; CREATE INDEX ON users USING gin (email gin_trgm_ops)'

  test('a pattern without a beginning is found, and not once the index of the remedy is there', async () => {
    const inside = "SELECT id FROM users WHERE email LIKE '%c4ca42%'"
    expect(await find(inside)).toEqual([
      `looks for '%c4ca42%' in every value of email, and reads 20,000 rows of users to return 1 → ${trigrams}`,
    ])
    await within(database(), `${trigrams}; ANALYZE users`, async () => {
      expect(await find(inside, { insideTransaction: true })).toEqual([])
    })
  })

  test('a varchar, an expression and a name with capitals make an index that PostgreSQL takes', async () => {
    for (const [sql, column] of [
      ["SELECT * FROM users u WHERE u.code ILIKE '%C4CA42%'", 'code'],
      ["SELECT * FROM users WHERE lower(email) LIKE '_c4ca42%'", 'lower(email)'],
      ['SELECT * FROM users WHERE "Bio" || email ~ \'c4ca42\'', '("Bio" || email)'],
    ] as const) {
      const [found = ''] = await find(sql)
      expect(found).toContain(`USING gin (${column} gin_trgm_ops)`)
      await within(database(), `${found.split(' → ')[1]}; ANALYZE users`, async () => {
        expect(await find(sql, { insideTransaction: true })).toEqual([])
      })
    }
  })

  test('a pattern of two characters is told apart: no index would find it', async () => {
    expect(await find("SELECT id FROM users WHERE email LIKE '%q7%'")).toEqual([
      "looks for '%q7%' in every value of email, and reads 20,000 rows of users to return 0 → Ask for at least 3 characters: with fewer no index finds anything",
    ])
  })

  test('the pattern of a generic plan is the value that was given', async () => {
    const sql = 'SELECT id FROM users WHERE email LIKE $1'
    expect(await find(sql, { params: ['%c4ca42%'], generic: true })).toHaveLength(1)
    expect(await find(sql, { params: ['c4ca42%'], generic: true })).toEqual([])
  })

  test('a pattern with a beginning, one that many rows match and a NOT do not smell', async () => {
    expect(await find("SELECT id FROM users WHERE email LIKE 'c4ca42%'")).toEqual([])
    expect(await find("SELECT id FROM users WHERE email ~ '^c4ca42'")).toEqual([])
    expect(await find("SELECT id FROM users WHERE email LIKE '%@example.com'")).toEqual([])
    expect(await find("SELECT id FROM users WHERE email NOT LIKE '%e%'")).toEqual([])
    expect(await find("SELECT id FROM users WHERE id < 50 AND email LIKE '%c4ca42%'")).toEqual([])
  })
})
