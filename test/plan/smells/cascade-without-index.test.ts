import { expect, test } from 'vitest'
import { cascadeWithoutIndex } from '../../../src/plan/smells/cascade-without-index.js'
import { describeEachPostgres } from '../with-postgres.js'
import { findIn, within } from './find.js'

const SETUP = `
  CREATE TABLE users (id int PRIMARY KEY, name text);
  INSERT INTO users SELECT i, 'u' || i FROM generate_series(1, 1000) i;
  CREATE SCHEMA shop;
  CREATE TABLE shop."Orders" (id int PRIMARY KEY, "userId" int REFERENCES users ON DELETE CASCADE ON UPDATE CASCADE, note text);
  INSERT INTO shop."Orders" SELECT i, i % 900 + 1, repeat('x', 30) FROM generate_series(1, 20000) i;
  CREATE TABLE roles (id int PRIMARY KEY, user_id int CONSTRAINT roles_owner REFERENCES users);
  INSERT INTO roles SELECT i, i FROM generate_series(1, 50) i;
  CREATE TABLE events (at int, user_id int REFERENCES users ON DELETE CASCADE) PARTITION BY RANGE (at);
  CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM (0) TO (1000000);
`

await describeEachPostgres(SETUP, (database) => {
  const find = (sql: string, options?: Parameters<typeof findIn>[3]) => findIn(database(), cascadeWithoutIndex, sql, options)
  const index = 'CREATE INDEX ON shop."Orders" ("userId")'

  test('a row whose deletion reads a whole table is found, and not once the index of the remedy is there', async () => {
    expect(await find('DELETE FROM users WHERE id = 77')).toMatchInlineSnapshot(`
      [
        "looks for rows of shop."Orders" that refer to the row of users by reading all of its 20,000 rows: Orders_userId_fkey has no index → CREATE INDEX ON shop."Orders" ("userId")",
      ]
    `)
    await within(database(), index, async () => {
      expect(await find('DELETE FROM users WHERE id = 77', { insideTransaction: true })).toEqual([])
    })
  })

  test('each row that is deleted counts, and so does a key that is changed', async () => {
    expect(await find('DELETE FROM users WHERE id > 980')).toMatchInlineSnapshot(`
      [
        "looks for rows of shop."Orders" that refer to the rows of users by reading all of its 20,000 rows, 20 times over: Orders_userId_fkey has no index → CREATE INDEX ON shop."Orders" ("userId")",
      ]
    `)
    expect(await find('UPDATE users SET id = id + 5000 WHERE id = 99')).toHaveLength(1)
    expect(await find("UPDATE users SET name = 'x' WHERE id = 99")).toEqual([])
  })

  test('an index of several columns serves when it begins with those of the key, a partial one does not', async () => {
    const serves = async (ddl: string): Promise<boolean> => {
      let found: readonly string[] = []
      await within(database(), ddl, async () => {
        found = await find('DELETE FROM users WHERE id = 77', { insideTransaction: true })
      })
      return found.length === 0
    }
    expect(await serves('CREATE INDEX ON shop."Orders" ("userId", note)')).toBe(true)
    expect(await serves('CREATE INDEX ON shop."Orders" (note, "userId")')).toBe(false)
    expect(await serves('CREATE INDEX ON shop."Orders" ("userId") WHERE id > 7')).toBe(false)
  })

  test('a partitioned table is as large as its partitions', async () => {
    const fill = `${index}; INSERT INTO events SELECT i, i % 900 + 1 FROM generate_series(1, 20000) i; ANALYZE events`
    await within(database(), fill, async () => {
      expect(await find('DELETE FROM users WHERE id = 77', { insideTransaction: true })).toMatchInlineSnapshot(`
        [
          "looks for rows of events that refer to the row of users by reading all of its 20,000 rows: events_user_id_fkey has no index → CREATE INDEX ON events (user_id)",
        ]
      `)
    })
  })

  test('it is found in the statement that the foreign key itself sends', async () => {
    const sent = 'DELETE FROM ONLY "shop"."Orders" WHERE $1 OPERATOR(pg_catalog.=) "userId"'
    expect(await find(sent, { params: [77] })).toMatchInlineSnapshot(`
      [
        "looks for rows of shop."Orders" that refer to one row by reading all of its 20,000 rows: a foreign key has no index → CREATE INDEX ON shop."Orders" ("userId")",
      ]
    `)
    const insertCheck = 'SELECT 1 FROM ONLY "shop"."Orders" x WHERE "userId" OPERATOR(pg_catalog.=) $1 FOR KEY SHARE OF x'
    expect(await find(insertCheck, { params: [77] })).toEqual([])
    await within(database(), index, async () => {
      expect(await find(sent, { params: [77], insideTransaction: true })).toEqual([])
    })
  })

  test('a plan that was only estimated calls nothing', async () => {
    expect(await find('DELETE FROM users WHERE id = 77', { analyze: false })).toEqual([])
  })
})
