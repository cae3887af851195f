import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findFreePort } from '../../../../src/primitives/free-port.js'
import { findUnprivilegedUser } from '../../../../src/primitives/unprivileged-user.js'
import { reachExternalPostgres } from '../../../../src/servers/postgres/external/reach.js'
import { makeDirectory } from '../place.js'
import { startForeignPostgres, type ForeignPostgres } from './foreign-postgres.js'

const PROGRAM = ['/usr/sbin/pgbouncer', '/usr/bin/pgbouncer', '/opt/homebrew/bin/pgbouncer'].find((path) => existsSync(path))

// Debian's package pgbouncer.
describe.skipIf(PROGRAM === undefined)('a PgBouncer in front of the server', () => {
  let foreign: ForeignPostgres
  const poolers: ChildProcess[] = []

  beforeAll(async () => {
    foreign = await startForeignPostgres()
  })
  afterAll(() => {
    for (const pooler of poolers) pooler.kill('SIGKILL')
  })

  async function startPooler(mode: string): Promise<string> {
    const port = await findFreePort()
    const directory = makeDirectory({ owned: true })
    const { files, port: serverPort } = foreign.server
    writeFileSync(join(directory, 'users.txt'), '"postgres" ""\n')
    const settings = [
      '[databases]',
      `* = host=${files.socketDirectory} port=${serverPort}`,
      '[pgbouncer]',
      'listen_addr = 127.0.0.1',
      `listen_port = ${port}`,
      'unix_socket_dir =',
      'auth_type = trust',
      `auth_file = ${join(directory, 'users.txt')}`,
      `pool_mode = ${mode}`,
    ]
    writeFileSync(join(directory, 'pgbouncer.ini'), settings.join('\n'))
    poolers.push(spawn(PROGRAM ?? '', ['-q', join(directory, 'pgbouncer.ini')], { stdio: 'ignore', ...findUnprivilegedUser() }))
    await expect.poll(() => accepts(port), { timeout: 10_000, interval: 10 }).toBe(true)
    return `postgresql://postgres:hunter2@127.0.0.1:${port}/postgres`
  }

  test('in transaction mode is named', async () => {
    const url = await startPooler('transaction')
    const message = await reachExternalPostgres({ url }).then(
      () => 'let in',
      (error: unknown) => String(error),
    )
    expect(message.replaceAll(/127\.0\.0\.1:\d+/g, 'HOST:PORT')).toMatchInlineSnapshot(`
      "HotbedError: At HOST:PORT a pooler in transaction mode, such as PgBouncer, stands before the server: statements of one connection are answered by different backends. SET, prepared statements and advisory locks get lost there, and a database that it does not know cannot be reached. [ERR_HOTBED_EXTERNAL]
        → Give the URL of the server itself (often port 5432 where the pooler has 6432), or let the pooler use pool_mode = session."
    `)
  })

  test('in session mode is in nobody’s way', async () => {
    expect(await reachExternalPostgres({ url: await startPooler('session') })).toMatchObject({ provider: 'external' })
  })
})

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}
