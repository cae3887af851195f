import { expect, test } from 'vitest'
import { overFetch } from '../../../src/plan/smells/over-fetch.js'
import { describeEachPostgres } from '../with-postgres.js'
import { findIn } from './find.js'

const SETUP = `
  CREATE TABLE orders (id int PRIMARY KEY, user_id int, status text, total numeric, note text);
  INSERT INTO orders SELECT i, i % 100, 'done', i, repeat('x', 60) FROM generate_series(1, 20000) i;
  CREATE TABLE articles (id int PRIMARY KEY, title text, "Body" text, tags text[]);
  ALTER TABLE articles ALTER "Body" SET STORAGE EXTERNAL;
  INSERT INTO articles SELECT i, 'title ' || i, repeat('word ', 12000), '{a}' FROM generate_series(1, 40) i;
`

await describeEachPostgres(SETUP, (database) => {
  const find = (sql: string, options?: Parameters<typeof findIn>[3]) => findIn(database(), overFetch, sql, options)

  test('a result that no screen shows is found, and not one page of it', async () => {
    expect(await find('SELECT * FROM orders')).toEqual([
      expect.stringMatching(
        /^returns 20,000 rows of [78]\d bytes: 1\.\d MB in one result → Ask for one page \(ORDER BY … LIMIT 100, the next one by keyset\), or count and sum in SQL; and name the columns that are needed instead of all 5$/,
      ),
    ])
    expect(await find('SELECT * FROM orders ORDER BY id LIMIT 100')).toEqual([])
    expect(await find('SELECT id FROM orders')).toEqual([])
    expect(await find('SELECT count(*), sum(total) FROM orders')).toEqual([])
  })

  test('rows with large values are found from 17 on when the result is counted, and not without these values', async () => {
    const counted = { serialize: true }
    const known = database().server.version.major >= 17
    const text = expect.stringMatching(
      /^returns 40 rows of 60,\d{3} bytes: 2\.4 MB in one result → SELECT only the columns that are needed, without title, "Body", tags where they are not shown$/,
    )
    expect(await find('SELECT a.* FROM articles a', counted)).toEqual(known ? [text] : [])
    expect(await find('SELECT id, title FROM articles', counted)).toEqual([])
    expect(await find('SELECT "Body" FROM articles WHERE id = 7', counted)).toEqual([])
    expect(await find('SELECT * FROM articles')).toEqual([])
  })

  test('a statement that was only planned returns nothing', async () => {
    expect(await find('SELECT * FROM orders', { analyze: false })).toEqual([])
  })
})
