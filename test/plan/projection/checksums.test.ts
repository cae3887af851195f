import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connectSql, type SqlClient } from '../../../src/databases/sql-client.js'
import { openProjection } from '../../../src/plan/projection/open-projection.js'
import { findUnprivilegedUser } from '../../../src/primitives/unprivileged-user.js'
import { runCommand } from '../../../src/primitives/run-command.js'
import { findSystemBinaries } from '../../../src/servers/postgres/system-binaries.js'
import { makeCache, makeDirectory } from '../../servers/postgres/place.js'

const [binaries] = await findSystemBinaries(process.env, makeCache())
const user = findUnprivilegedUser()

// hotbed's own clusters have none: --no-data-checksums, which is also what initdb does below 18.
describe.skipIf(binaries === undefined).each([
  ['without', [], 0],
  ['with', ['--data-checksums'], 1],
] as const)('a cluster %s data checksums', (_, options, expected) => {
  const directory = makeDirectory({ owned: true })
  const data = join(directory, 'data')
  const command = (name: string, args: readonly string[]): Promise<unknown> =>
    runCommand(join(binaries ?? '', name), { args, user, cwd: '/', timeoutMs: 30_000, env: { PATH: process.env['PATH'], LC_ALL: 'C' } })
  let sql: SqlClient

  beforeAll(async () => {
    await command('initdb', [`--pgdata=${data}`, '--username=postgres', '--auth=trust', '--no-sync', ...options])
    const settings = `-c listen_addresses='' -c fsync=off -c autovacuum=off -c unix_socket_directories=${directory}`
    await command('pg_ctl', ['start', '--wait', `--pgdata=${data}`, `--log=${directory}/log`, `--options=${settings}`])
    sql = await connectSql({ host: directory, user: 'postgres', database: 'postgres' })
    await sql.query('CREATE TABLE orders (id bigint PRIMARY KEY, at timestamptz NOT NULL); CREATE INDEX orders_at_idx ON orders (at)')
    await sql.query("INSERT INTO orders SELECT i, '2024-01-01'::timestamptz + i * interval '1 minute' FROM generate_series(1, 10000) i")
    await sql.query('VACUUM (ANALYZE)')
  }, 60_000)
  afterAll(async () => {
    await sql?.close()
    await command('pg_ctl', ['stop', '--mode=immediate', `--pgdata=${data}`])
  })

  test('is planned in, and what was written into its files can be read', async () => {
    expect((await sql.query('SHOW data_checksums')).rows).toEqual([{ data_checksums: expected === 1 ? 'on' : 'off' }])
    const projection = await openProjection({ ...sql, dataDirectory: data, role: 'postgres' }, { tables: ['orders'] })
    for (const orders of [1_000_000_000, 100_000]) {
      await projection.resize({ orders })
      const plan = await projection.explain('SELECT * FROM orders WHERE id > $1', [orders * 0.9])
      expect(plan.root.estimatedRows / orders).toBeCloseTo(0.1, 2)
    }
    await sql.query('CHECKPOINT')
    await sql.query('SET enable_indexscan = off; SET enable_bitmapscan = off; SET enable_indexonlyscan = off')
    expect((await sql.query('SELECT id::int AS id FROM orders ORDER BY id')).rows).toContainEqual({ id: 100_000 })
    await sql.query('SET enable_indexscan = on; SET enable_indexonlyscan = on; SET enable_seqscan = off')
    expect((await sql.query('SELECT id::int AS id FROM orders ORDER BY id DESC LIMIT 1')).rows).toEqual([{ id: 100_000 }])
  })
})
