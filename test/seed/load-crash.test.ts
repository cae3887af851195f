import { describe, expect, it } from 'vitest'
import { connectSql } from '../../src/databases/sql-client.js'
import { seed } from '../../src/seed/load.js'
import { startSuite } from '../../src/start-suite.js'
import { DIST, startChild } from '../primitives/child.js'
import { useSuite } from './with-suite.js'

const SCHEMA = `
  CREATE TABLE users (id bigserial PRIMARY KEY, email text NOT NULL UNIQUE);
  CREATE TABLE orders (id bigserial PRIMARY KEY, user_id bigint NOT NULL REFERENCES users, created_at timestamptz NOT NULL);
  CREATE INDEX ON orders (user_id);
`
const SHAPE = `SELECT (SELECT count(*)::int FROM users) AS users, (SELECT count(*)::int FROM orders) AS orders,
  (SELECT count(*)::int FROM pg_index WHERE NOT (indisready AND indisvalid)) AS broken, (SELECT count(*)::int FROM pg_constraint WHERE NOT convalidated) AS unchecked`

describe('A server process that is killed in the middle of a load', () => {
  it('leaves the tables as they were, and the load can be repeated', async () => {
    await using suite = await startSuite({ postgres: {} }, { isolation: 'server' })
    await suite.postgres.query(SCHEMA)
    // With synchronous_commit off, a crash loses what was committed in the last moments; this must not be the schema.
    const superuser = await connectSql({ connectionString: suite.postgres.adminUrl })
    await superuser.query('CHECKPOINT')
    await superuser.close()
    let killing: Promise<void> | undefined
    const kill = async (): Promise<void> => {
      const admin = await connectSql({ connectionString: suite.postgres.adminUrl })
      const { rows } = await admin.query("SELECT pid FROM pg_stat_activity WHERE application_name = 'hotbed seed'")
      process.kill(Number(rows[0]?.['pid']), 'SIGKILL')
      await admin.close()
    }

    const loading = seed(
      suite.postgres,
      { users: 100, orders: 3_000_000 },
      {
        onProgress: ({ table }) => {
          if (table === 'public.orders') killing ??= kill()
        },
      },
    )

    await expect(loading).rejects.toThrow(/The load of public\.orders broke off: the connection to the server was lost .*ERR_HOTBED_SEED/)
    await killing
    await expect
      .poll(
        async () => {
          const admin = await connectSql({ connectionString: suite.postgres.adminUrl })
          try {
            return (await admin.query(SHAPE)).rows[0]
          } finally {
            await admin.close()
          }
        },
        { timeout: 20_000 },
      )
      .toEqual({ users: 0, orders: 0, broken: 0, unchecked: 0 })
    const loaded = await seed(suite.postgres, { users: 100, orders: 20_000 })
    expect(loaded.rows).toBe(20_100)
  }, 60_000)
})

describe('A loading process that is killed in the middle', () => {
  const suite = useSuite(SCHEMA)
  const rowOf = async (sql: string): Promise<unknown> => (await suite().postgres.query(sql)).rows[0]
  const definitions = (): Promise<unknown> =>
    rowOf(`SELECT (SELECT string_agg(indexdef, E'\\n' ORDER BY indexname) FROM pg_indexes WHERE schemaname = 'public') AS indexes,
      (SELECT string_agg(conname || ' ' || pg_get_constraintdef(oid), E'\\n' ORDER BY conname) FROM pg_constraint WHERE connamespace = 'public'::regnamespace) AS constraints`)

  it.each(['adminUrl', 'url'] as const)('leaves tables, indexes and constraints as they were, by the %s', async (role) => {
    const before = await definitions()
    const child = startChild(`
      const { seed } = await import('${DIST}seed/index.js')
      let isTold = false
      const onProgress = ({ table, phase }) => {
        if (!isTold && table === 'public.orders' && phase === 'rows') say('loading')
        isTold ||= table === 'public.orders'
      }
      await seed('${suite().postgres[role]}', { users: 100, orders: 3_000_000 }, { onProgress })`)
    await child.said('loading')
    child.kill('SIGKILL')
    await child.ended

    // The server notices by the end of the connection, and rolls back.
    await expect.poll(() => rowOf(SHAPE), { timeout: 20_000 }).toEqual({ users: 0, orders: 0, broken: 0, unchecked: 0 })
    expect(await definitions()).toEqual(before)
    expect(JSON.stringify(before)).toContain('orders_user_id_fkey')
    expect(await seed(suite().postgres[role] ?? '', { users: 100, orders: 20_000 })).toMatchObject({ rows: 20_100 })
    await suite().postgres.query('TRUNCATE users, orders')
  })
})
