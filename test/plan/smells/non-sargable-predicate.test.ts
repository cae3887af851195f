import { expect, test } from 'vitest'
import { nonSargablePredicate } from '../../../src/plan/smells/non-sargable-predicate.js'
import { describeEachPostgres } from '../with-postgres.js'
import { findIn, within } from './find.js'

const SETUP = `
  CREATE TABLE users (id int PRIMARY KEY, email text, code varchar(20), "Tag" text, token uuid, profile jsonb, born date, seen timestamptz, score int);
  INSERT INTO users SELECT i, 'User' || i || '@example.com', 'c' || i, 'T' || i, md5(i::text)::uuid, jsonb_build_object('city', 'c' || i),
    '1950-01-01'::date + i, '2024-01-01'::timestamptz + i * interval '1 hour', i FROM generate_series(1, 20000) i;
  CREATE INDEX users_seen_idx ON users (seen);
  CREATE INDEX users_score_idx ON users (score);
  CREATE TABLE roles (user_id int PRIMARY KEY, name text);
  INSERT INTO roles SELECT i, 'r' || i FROM generate_series(1, 5) i;
`

await describeEachPostgres(SETUP, (database) => {
  const find = (sql: string, options?: Parameters<typeof findIn>[3]) => findIn(database(), nonSargablePredicate, sql, options)

  test('a column in a function is found, and not once there is an index of the expression', async () => {
    const byEmail = "SELECT id FROM users WHERE lower(email) = 'user7@example.com'"
    expect(await find(byEmail)).toEqual([
      'compares lower(email) instead of email, and reads 20,000 rows of users to return 1 → CREATE INDEX ON users (lower(email))',
    ])
    await within(database(), 'CREATE INDEX ON users (lower(email)); ANALYZE users', async () => {
      expect(await find(byEmail, { insideTransaction: true })).toEqual([])
    })
  })

  test('the index of the remedy is one that PostgreSQL takes', async () => {
    const city = "SELECT u.id FROM users u, roles r WHERE r.user_id = u.id AND u.profile ->> 'city' = 'c7'"
    const [found = ''] = await find(city, { settings: { enable_nestloop: false, enable_mergejoin: false } })
    expect(found).toBe(
      "compares profile ->> 'city'::text instead of profile, and reads 20,000 rows of users to return 1 → CREATE INDEX ON users ((profile ->> 'city'::text))",
    )
    await within(database(), `${found.split(' → ')[1]}; ANALYZE users`, async () => {
      expect(await find(city, { insideTransaction: true })).toEqual([])
    })
    const both = `SELECT id FROM users WHERE upper("Tag") || lower(email) = 'x'`
    const [concatenated = ''] = await find(both)
    expect(concatenated).toContain('→ CREATE INDEX ON users ((upper("Tag") || lower(email)))')
    await within(database(), `${concatenated.split(' → ')[1]}; ANALYZE users`, async () => {
      expect(await find(both, { insideTransaction: true })).toEqual([])
    })
  })

  test('a column that is turned into the type of the value is found, and not once the value has its type', async () => {
    expect(await find('SELECT id FROM users WHERE id = 7.0')).toEqual([
      "compares (id)::numeric instead of id, and reads 20,000 rows of users to return 1 → Give the value in the column's own type: id = …::integer",
    ])
    expect(await find('SELECT id FROM users WHERE id = 7')).toEqual([])
    const token = "SELECT id FROM users WHERE token::text = 'c4ca4238-a0b9-2382-0dcc-509a6f75849b'"
    expect(await find(token)).toEqual([
      "compares (token)::text instead of token, and reads 20,000 rows of users to return 1 → Give the value in the column's own type: token = …::uuid",
    ])
    await within(database(), 'CREATE INDEX ON users (token)', async () => {
      expect(
        await find(
          token.replace("token::text = 'c4ca4238-a0b9-2382-0dcc-509a6f75849b'", "token = 'c4ca4238-a0b9-2382-0dcc-509a6f75849b'"),
          { insideTransaction: true },
        ),
      ).toEqual([])
    })
  })

  test('a point in time that is cut is found, and not once it is asked for as a range', async () => {
    expect(await find("SELECT id FROM users WHERE date_trunc('day', seen) = '2024-05-05'")).toEqual([
      "compares date_trunc('day'::text, seen) instead of seen, and reads 20,000 rows of users to return 24 → Ask for a range of the bare column: seen >= … AND seen < …",
    ])
    expect(await find("SELECT id FROM users WHERE seen::date = '2024-05-05'")).toHaveLength(1)
    expect(await find('SELECT id FROM users WHERE extract(year FROM born) = 1950')).toHaveLength(1)
    expect(await find("SELECT id FROM users WHERE seen >= '2024-05-05' AND seen < '2024-05-06'")).toEqual([])
  })

  test('a sum on the side of the column is found, and not on that of the value', async () => {
    expect(await find('SELECT id FROM users WHERE score + 10 < 20')).toEqual([
      'compares score + 10 instead of score, and reads 20,000 rows of users to return 9 → Calculate on the side of the value, and compare score as it is',
    ])
    expect(await find('SELECT id FROM users WHERE score < 20 - 10')).toEqual([])
  })

  test('a varchar is compared as text and is none the worse for it', async () => {
    expect(await find("SELECT id FROM users WHERE code = 'c7'")).toEqual([])
  })

  test('a plan that was only estimated shows it by the size of the table', async () => {
    expect(await find("SELECT id FROM users WHERE lower(email) = 'x'", { analyze: false })).toHaveLength(1)
  })

  test('a small table, a filter that many rows pass and one of two alternatives do not smell', async () => {
    expect(await find("SELECT * FROM roles WHERE lower(name) = 'r1'")).toEqual([])
    expect(await find("SELECT * FROM users WHERE lower(email) > 'user5'")).toEqual([])
    expect(await find("SELECT * FROM users WHERE lower(email) = 'user7@example.com' OR \"Tag\" = 'T8'")).toEqual([])
    expect(await find('SELECT * FROM users WHERE length(email) <> 20 AND id = 7')).toEqual([])
  })
})
