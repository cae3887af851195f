import { expect, test } from 'vitest'
import { wideRowLocking } from '../../../src/plan/smells/wide-row-locking.js'
import { describeEachPostgres } from '../with-postgres.js'
import { findIn } from './find.js'

const SETUP = `
  CREATE TABLE users (id int PRIMARY KEY, plan text);
  INSERT INTO users SELECT i, 'free' FROM generate_series(1, 100) i;
  CREATE TABLE jobs (id int PRIMARY KEY, user_id int, state text);
  INSERT INTO jobs SELECT i, i % 100 + 1, 'new' FROM generate_series(1, 3000) i;
`

await describeEachPostgres(SETUP, (database) => {
  const find = (sql: string, options?: Parameters<typeof findIn>[3]) => findIn(database(), wideRowLocking, sql, options)

  test('as many rows locked as there are is found, and not a batch of them', async () => {
    expect(await find("SELECT id FROM jobs WHERE state = 'new' FOR UPDATE")).toMatchInlineSnapshot(`
      [
        "locks 3,000 rows of jobs, as many as there are → ORDER BY … LIMIT 100 FOR UPDATE SKIP LOCKED, and again until none are left; or UPDATE them without locking first",
      ]
    `)
    expect(await find("SELECT id FROM jobs WHERE state = 'new' ORDER BY id LIMIT 100 FOR UPDATE SKIP LOCKED")).toEqual([])
  })

  test('a lock for the rows of every joined table is told from one for those of a single table', async () => {
    const joined = 'SELECT * FROM jobs j JOIN users u ON u.id = j.user_id'
    expect(await find(`${joined} FOR NO KEY UPDATE`)).toMatchInlineSnapshot(`
      [
        "locks 3,000 rows of jobs, users, as many as there are → FOR UPDATE OF one table, where not all of jobs, users are changed; ORDER BY … LIMIT 100 FOR UPDATE SKIP LOCKED, and again until none are left; or UPDATE them without locking first",
      ]
    `)
    expect(await find(`${joined} FOR NO KEY UPDATE OF j`)).toEqual([
      'locks 3,000 rows of jobs, users, as many as there are → ORDER BY … LIMIT 100 FOR UPDATE SKIP LOCKED, and again until none are left; or UPDATE them without locking first',
    ])
  })

  test('a few rows, and rows that are only read, do not smell', async () => {
    expect(await find('SELECT id FROM jobs WHERE user_id = 7 FOR UPDATE')).toEqual([])
    expect(await find('SELECT id FROM jobs')).toEqual([])
    expect(await find('SELECT id FROM jobs FOR UPDATE', { analyze: false })).toEqual([])
  })
})
