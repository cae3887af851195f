import pg from 'pg'
import { expect, test } from 'vitest'
import { tlsOptions } from '../../../src/servers/server-tls.js'
import type { PostgresServer } from '../../../src/servers/server.js'

/** As the administrator, to one database. */
async function ask(server: PostgresServer, sql: string): Promise<Readonly<Record<string, unknown>> | undefined> {
  const { host, port, user, password, database, tls } = server.admin
  const client = new pg.Client({ host, port, user, password, database, ssl: tls === undefined ? false : tlsOptions(tls) })
  await client.connect()
  try {
    const answer: unknown = await client.query<Record<string, unknown>>(sql)
    return (Array.isArray(answer) ? answer.at(-1) : answer).rows[0]
  } finally {
    await client.end()
  }
}

/** What holds of a Postgres whatever its provider: that it is a process and files of ours is no part of it. */
export function testEveryPostgres(running: () => PostgresServer): void {
  test('lets the administrator in, and is what it says', async () => {
    const server = running()
    const { user, isSuperuser } = server.admin
    const facts = await ask(
      server,
      `SELECT current_user AS who, rolsuper AS super, current_setting('server_version_num')::int AS number FROM pg_roles WHERE rolname = current_user`,
    )
    expect(facts).toEqual({ who: user, super: isSuperuser, number: server.version.major * 10_000 + server.version.minor })
    expect(server.lastLog()).toBeInstanceOf(Array)
  })

  test('has databases that can be made, and cloned as it says', async () => {
    const server = running()
    const strategy = server.version.major >= 15 && server.rights.copyFiles ? 'STRATEGY FILE_COPY' : ''
    expect(server.rights.createDatabase).toBe(true)
    await ask(server, 'CREATE DATABASE every_server')
    await ask(server, `CREATE DATABASE every_clone TEMPLATE every_server ${strategy}`)
    await ask(server, 'DROP DATABASE every_clone')
    await ask(server, 'DROP DATABASE every_server')
  })

  test('is controlled and has files where it is ours, and neither where it is shared', () => {
    const { isShared, control, files, pid } = running()
    expect(control?.condition()).toBe(isShared ? undefined : 'running')
    expect(isShared && (files !== undefined || pid !== undefined)).toBe(false)
  })
}
