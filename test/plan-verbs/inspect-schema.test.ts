import pg from 'pg'
import { describe, expect, test } from 'vitest'
import { toHaveSchemaFindings } from '../../src/matchers/schema/to-have-schema-findings.js'
import { startSuite } from '../../src/start-suite.js'
import { useSuite } from '../seed/with-suite.js'

const SCHEMA = `
  CREATE TABLE users (id int PRIMARY KEY, email text UNIQUE);
  INSERT INTO users SELECT i, 'u' || i FROM generate_series(1, 3000) i;
  CREATE TABLE sessions (id int PRIMARY KEY, user_id int REFERENCES users ON DELETE CASCADE, token text, seen_at timestamptz, body text);
  INSERT INTO sessions SELECT i, 1 + i % 3000, md5(i::text), '2026-01-01'::timestamptz + i * interval '1 min', repeat('x', 100) FROM generate_series(1, 20000) i;
  CREATE INDEX sessions_user ON sessions (user_id);
  CREATE INDEX sessions_token ON sessions (token);
  CREATE INDEX sessions_seen ON sessions (seen_at);
  CREATE TABLE small (id int PRIMARY KEY, a int);
  CREATE INDEX small_a ON small (a);
  INSERT INTO small VALUES (1, 1);
  CREATE TABLE far (id int PRIMARY KEY, a int);
  CREATE INDEX far_a ON far (a);
  CREATE TABLE events (id int, at int, kind int) PARTITION BY RANGE (at);
  CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM (0) TO (5000);
  CREATE TABLE events_2 PARTITION OF events FOR VALUES FROM (5000) TO (10000);
  INSERT INTO events SELECT i, i, i FROM generate_series(0, 9999) i;
  CREATE INDEX events_kind ON events (kind);
  CREATE INDEX events_at ON events (at);
  ANALYZE`

describe.each(['embedded', 'system'] as const)('a suite on Postgres of the provider %s', (provider) => {
  const suite = useSuite(SCHEMA, provider)

  test('indexes that nothing used are found over a recording, of the tables that it touched', async () => {
    const { postgres, record } = suite()
    const run = await record(async () => {
      const client = new pg.Client(postgres.url)
      await client.connect()
      await client.query('SELECT body FROM sessions WHERE token = $1', ['x'])
      await client.query('SELECT * FROM events WHERE kind = 7')
      await client.query('SELECT * FROM small WHERE a = 1')
      await client.query('DELETE FROM users WHERE id = 5')
      await client.end()
    })
    const inspection = await postgres.inspectSchema({ recording: run })
    const unused = inspection.findings.filter(({ id }) => id === 'unused-index')
    expect(unused.map(({ name }) => name)).toEqual(['sessions_seen', 'events_at'])
    expect(unused[0]?.text).toMatch(/^sessions_seen on sessions was used by none of \d+ plans \(\d+ kB\)$/)
    expect(inspection.notes).toEqual(['too small for an index to be worth while, so not judged for unused ones: small'])
    expect(toHaveSchemaFindings.call(undefined, inspection, { only: ['unused-index'] }).pass).toBe(true)
  })

  test('a recording without plans is refused', async () => {
    const { postgres, record } = suite()
    const run = await record(() => postgres.query('SELECT 1'))
    await expect(postgres.inspectSchema({ recording: run })).rejects.toThrow(
      'None of the 0 statements of this recording has a plan, so it does not show which indexes are used. [ERR_HOTBED_EVIDENCE]\n  → Record with { plans: true }',
    )
  })

  test('neither the extension nor anything else remains, and one that is installed is used where it is', async () => {
    const { postgres } = suite()
    const extensions = "SELECT extname FROM pg_extension UNION ALL SELECT nspname FROM pg_namespace WHERE nspname LIKE 'hotbed%'"
    expect((await postgres.query(extensions)).rows).toEqual([{ extname: 'plpgsql' }])
    const superuser = new pg.Client(postgres.adminUrl)
    await superuser.connect()
    await superuser.query('CREATE SCHEMA "my tools"; CREATE EXTENSION pgstattuple SCHEMA "my tools"')
    const inspection = await postgres.inspectSchema({ bloat: true })
    expect(inspection.tables.find(({ table }) => table === 'users')?.bloat?.liveBytes).toBeGreaterThan(50_000)
    await superuser.query('DROP EXTENSION pgstattuple')
    await superuser.end()
  })

  test('a lock is waited for no longer than was said', async () => {
    const { postgres } = suite()
    const other = new pg.Client(postgres.url)
    await other.connect()
    await other.query('BEGIN; LOCK TABLE sessions IN ACCESS EXCLUSIVE MODE')
    await expect(postgres.inspectSchema({ bloat: true, timeoutMs: 200 })).rejects.toThrow(
      'It took longer than 200 ms; { timeoutMs } waits longer.',
    )
    await other.end()
  })

  test('options that are none are refused', async () => {
    const { postgres } = suite()
    await expect(postgres.inspectSchema({ bloats: true } as never)).rejects.toThrow("inspectSchema() has no option 'bloats'.")
    await expect(postgres.inspectSchema({ bloat: 1 } as never)).rejects.toThrow("Option 'bloat' must be true or false, but is 1.")
    await expect(postgres.inspectSchema({ recording: {} } as never)).rejects.toThrow("Option 'recording' must be what suite.record() gives")
    await expect(postgres.inspectSchema({ timeoutMs: 0 })).rejects.toThrow("Option 'timeoutMs' must be a number above 0, but is 0.")
  })
})

test('a rollback suite sees the tables of its own transaction, and measures no bloat', async () => {
  await using suite = await startSuite({ postgres: {} }, { isolation: 'rollback' })
  const { client } = suite.postgres
  await client.query('CREATE TABLE uncommitted (a int)')
  const inspection = await suite.postgres.inspectSchema()
  expect(inspection.findings.map(({ text }) => text)).toEqual(['uncommitted has no primary key (0 kB)'])
  expect((await client.query("SELECT current_setting('statement_timeout') AS t")).rows).toEqual([{ t: '0' }])
  await expect(suite.postgres.inspectSchema({ bloat: true })).rejects.toThrow("isolation 'rollback' is one transaction of the owner")
})
