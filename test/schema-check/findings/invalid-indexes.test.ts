import { expect, test } from 'vitest'
import { describeSchema } from '../schema.js'

const SETUP = `
  CREATE TABLE users (id int PRIMARY KEY, email text);
  INSERT INTO users VALUES (1, 'a'), (2, 'a');
  CREATE INDEX users_email_idx ON users (email);
  CREATE TABLE events (id int, at int) PARTITION BY RANGE (at);
  CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM (0) TO (10);
  CREATE INDEX events_id_idx ON ONLY events (id);
`

await describeSchema(SETUP, ({ database, lines }) => {
  test('what a failed CREATE INDEX CONCURRENTLY has left is reported until it is repaired, and is no duplicate', async () => {
    const { sql } = database()
    await expect(sql.query('CREATE UNIQUE INDEX CONCURRENTLY users_email_key ON users (email)')).rejects.toThrow(
      'could not create unique index',
    )
    expect((await lines('invalid-index')).join('\n')).toMatchInlineSnapshot(`
      "events_id_idx on events is invalid: not every partition has a valid part of it
        ALTER INDEX events_id_idx ATTACH PARTITION …;  -- for each partition without it
      users_email_key on users is invalid: no query uses it, every write maintains it (0 kB)
        REINDEX INDEX users_email_key;  -- or DROP INDEX, when it is not wanted"
    `)
    expect(await lines('duplicate-index')).toEqual([])

    await sql.query("UPDATE users SET email = 'b' WHERE id = 2")
    await sql.query('REINDEX INDEX users_email_key')
    await sql.query('CREATE INDEX events_1_id_idx ON events_1 (id); ALTER INDEX events_id_idx ATTACH PARTITION events_1_id_idx')
    expect(await lines('invalid-index')).toEqual([])
  })
})
