import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findFreePort } from '../../../src/primitives/free-port.js'
import { connectAsAdmin } from '../../../src/servers/postgres/admin-client.js'
import { DEFAULT_SETTINGS } from '../../../src/servers/postgres/settings.js'
import { startPostgresServer, type PostgresStart } from '../../../src/servers/postgres/start.js'
import type { LocalPostgresServer, PostgresServerOptions } from '../../../src/servers/server.js'
import {
  backendPid,
  cache,
  listSegments,
  listen,
  occupy,
  planOfLike,
  portOf,
  processesIn,
  query,
  queryOverTcp,
  readSegment,
  untilActive,
} from './observe.js'
import { makeCache, makeDirectory, makePlace } from './place.js'
import { testSettings } from './settings-contract.js'

/** What every provider of Postgres must do. `skip`: why it cannot be tested on this machine. */
export function describePostgresProvider(
  provider: string,
  options: PostgresServerOptions,
  { skip }: { readonly skip?: string | undefined } = {},
): void {
  if (skip !== undefined) {
    test.skip(`Postgres by provider '${provider}' (${skip})`, () => {})
    return
  }
  const start = (more: PostgresServerOptions = {}, how: PostgresStart = {}, directoryName?: string): Promise<LocalPostgresServer> =>
    startPostgresServer({ ...options, ...more }, makePlace(directoryName), { cacheDirectory: cache(), ...how })

  describe(`Postgres by provider '${provider}'`, { timeout: 60_000 }, () => {
    let server: LocalPostgresServer
    beforeAll(async () => {
      server = await start()
    }, 120_000)
    afterAll(() => server?.stop())

    testSettings(options, () => server)

    test('says what it is', async () => {
      const { rows } = await query<{ server_version_num: string }>(server, 'SHOW server_version_num')
      expect(Math.floor(Number(rows[0]?.server_version_num) / 10_000)).toBe(server.version.major)
      expect(server.version.text).toMatch(/^\d+\.\d+$/)
      expect(server.collation).toMatch(/^(libc en_US\.UTF-8|icu en-US, ctype C(\.UTF-8)?)$/)
      expect(readFileSync(join(server.files.dataDirectory, 'postmaster.pid'), 'utf8')).toMatch(new RegExp(`^${server.pid}\n`))
    })

    test('answers over the unix socket without a password', async () => {
      const { rows } = await query(server, 'SELECT current_user AS who, inet_server_addr() AS address')
      expect(rows).toEqual([{ who: 'postgres', address: null }])
    })

    test('answers over TCP with the password', async () => {
      const { rows } = await queryOverTcp(server, server.admin.password, 'SELECT 1 AS one')
      expect(rows).toEqual([{ one: 1 }])
    })

    test('refuses a wrong password and an empty one over TCP', async () => {
      await expect(queryOverTcp(server, 'wrong', 'SELECT 1')).rejects.toThrow('password authentication failed for user "postgres"')
      await expect(queryOverTcp(server, '', 'SELECT 1')).rejects.toThrow(/password/)
    })

    test('is UTF8, in UTC, and speaks English whatever the environment says', async () => {
      const { rows } = await query(
        server,
        "SELECT current_setting('server_encoding') e, current_setting('timezone') z, current_setting('lc_messages') m",
      )
      expect(rows).toEqual([{ e: 'UTF8', z: 'UTC', m: 'C' }])
    })

    test('has durability off and the observing libraries loaded', async () => {
      const { rows } = await query<{ name: string; setting: string }>(
        server,
        'SELECT name, setting FROM pg_settings WHERE name = ANY ($1)',
        [[...Object.keys(DEFAULT_SETTINGS), 'shared_preload_libraries']],
      )
      const settings = Object.fromEntries(rows.map(({ name, setting }) => [name, setting]))
      expect(settings).toMatchObject({
        fsync: 'off',
        synchronous_commit: 'off',
        full_page_writes: 'off',
        wal_level: 'minimal',
        autovacuum: 'off',
        jit: 'off',
      })
      expect(settings).toMatchObject({ shared_preload_libraries: 'auto_explain,pg_stat_statements', dynamic_shared_memory_type: 'mmap' })
    })

    test('takes letters beyond ASCII for letters', async () => {
      const { rows } = await query(
        server,
        "SELECT upper('käse') AS upper, to_tsvector('simple', 'käse brot')::text AS words, 'ä' < 'b' AS sorted",
      )
      expect(rows).toEqual([{ upper: 'KÄSE', words: "'brot':2 'käse':1", sorted: true }])
    })

    test('uses an index for LIKE under C, and not under en_US', async () => {
      const c = await start({ locale: 'C' })
      try {
        expect(c.collation).toBe('C')
        expect(c.files.layout).not.toBe(server.files.layout)
        expect(await planOfLike(c)).toContain('Index Only Scan')
        expect(await planOfLike(server)).toContain('Seq Scan')
      } finally {
        await c.stop()
      }
    })

    test('refuses a locale that is none', async () => {
      await expect(start({ locale: 'English' })).rejects.toThrow(
        "Option 'locale' must be 'C' or a language with a country, such as 'en_US', but is \"English\". [ERR_HOTBED_OPTION]",
      )
    })

    test('says what the log said when it does not start', async () => {
      const image = makeDirectory({ owned: true })
      mkdirSync(join(image, 'base'))
      writeFileSync(join(image, 'PG_VERSION'), `${server.version.major}\n`)
      await expect(start({}, { image })).rejects.toMatchObject({
        code: 'ERR_HOTBED_POSTGRES_START',
        message: expect.stringMatching(/ended with status \d instead of accepting connections[^]*Last lines of its log:[^]*postgres/),
      })
    })

    test('refuses an image that is none, or of another version', async () => {
      const image = makeDirectory({ owned: true })
      await expect(start({}, { image })).rejects.toThrow(`cannot start from ${image}, which is no cluster. [ERR_HOTBED_POSTGRES_START]`)
      writeFileSync(join(image, 'PG_VERSION'), '9.6\n')
      await expect(start({}, { image })).rejects.toThrow(`which is a cluster of Postgres 9.6. [ERR_HOTBED_POSTGRES_START]`)
    })

    test('takes another port when the one found has been taken at the last moment', async () => {
      const thief = createServer()
      await listen(thief, 0)
      const taken = portOf(thief)
      const offers = [taken, taken]
      const other = await start({}, { findPort: () => (offers.length > 0 ? Promise.resolve(offers.pop() ?? 0) : findFreePort()) })
      try {
        expect(offers).toEqual([])
        expect(other.port).not.toBe(taken)
        expect((await queryOverTcp(other, other.admin.password, 'SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
      } finally {
        await other.stop()
      }
      const place = makePlace()
      await expect(
        startPostgresServer(options, place, { cacheDirectory: cache(), findPort: () => Promise.resolve(taken) }),
      ).rejects.toThrow('No free port was left on 127.0.0.1 after 5 attempts. [ERR_HOTBED_POSTGRES_START]')
      expect(existsSync(place.directory)).toBe(false)
      thief.close()
    })

    test('starts twice at once from an empty cache', async () => {
      const cacheDirectory = makeCache()
      const servers = await Promise.all([start({ locale: 'C' }, { cacheDirectory }), start({ locale: 'C' }, { cacheDirectory })])
      try {
        expect(servers.map(({ pid }) => pid)).toEqual([...new Set(servers.map(({ pid }) => pid))])
        expect(readdirSync(join(cacheDirectory, 'clusters'))).toHaveLength(1)
      } finally {
        await Promise.all(servers.map((one) => one.stop()))
      }
    })

    test.each(['with spaces', `quo'te "double"`, 'ünïcödé 漢字', 'comma, and \\ too', '$HOME; `x`'])(
      'lives in a directory named %s',
      async (directoryName) => {
        const other = await start({}, {}, directoryName)
        try {
          expect((await query(other, 'SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
        } finally {
          await other.stop()
        }
        expect(existsSync(other.files.socketDirectory)).toBe(false)
      },
    )

    test('refuses a directory whose socket path is too long', async () => {
      await expect(start({}, {}, 'x'.repeat(80))).rejects.toMatchObject({
        code: 'ERR_HOTBED_RUN_DIRECTORY',
        message: expect.stringMatching(/would have \d+ bytes; this system allows 10[37]\.[^]*Set HOTBED_RUN_DIRECTORY/),
      })
    })

    test('stops with connections open, leaves nothing, and may be stopped twice', async () => {
      const other = await start()
      const client = await connectAsAdmin({ socketDirectory: other.files.socketDirectory, port: other.port })
      await Promise.all([other.stop(), other.stop()])
      expect(await other.exited).toEqual({ status: expect.any(Number) })
      expect(existsSync(other.files.socketDirectory)).toBe(false)
      expect(existsSync(`/proc/${other.pid}`)).toBe(false)
      await expect(client.query('SELECT 1')).rejects.toThrow(/terminat|closed|queryable/i)
    })

    test('saves an image, goes on at the same port, and another server boots from it', async () => {
      const image = join(makeDirectory({ owned: true }), 'image')
      const first = await start()
      const pidBefore = first.pid
      await query(first, 'CREATE TABLE kept AS SELECT generate_series(1, 1000) AS n')
      await first.files.saveImage(image)
      expect(first.pid).not.toBe(pidBefore)
      expect((await queryOverTcp(first, first.admin.password, 'SELECT count(*)::int AS n FROM kept')).rows).toEqual([{ n: 1000 }])
      expect(readdirSync(image)).not.toContain('postmaster.pid')
      await expect(first.files.saveImage(image)).rejects.toThrow('which exists')
      expect((await query(first, 'SELECT count(*)::int AS n FROM kept')).rows).toEqual([{ n: 1000 }])
      await first.stop()
      await expect(first.files.saveImage(`${image}-2`)).rejects.toMatchObject({ code: 'ERR_HOTBED_DISPOSED' })

      const second = await start({}, { image })
      try {
        expect(second.files.layout).toBe(first.files.layout)
        expect(second.admin.password).not.toBe(first.admin.password)
        expect((await query(second, 'SELECT count(*)::int AS n FROM kept')).rows).toEqual([{ n: 1000 }])
        await expect(queryOverTcp(second, first.admin.password, 'SELECT 1')).rejects.toThrow('password authentication failed')
      } finally {
        await second.stop()
      }
    })

    test('says so when its port is taken while its image is saved', async () => {
      const image = join(makeDirectory({ owned: true }), 'image')
      const other = await start()
      const saving = other.files.saveImage(image)
      const thief = await occupy(other.port)
      await expect(saving).rejects.toThrow(`Port ${other.port} of 127.0.0.1 has been taken by another process.`)
      expect(await other.exited).toEqual({ status: 0 })
      await other.stop()
      thief.close()
      expect(existsSync(other.files.socketDirectory)).toBe(false)
    })

    test.runIf(process.platform === 'linux')('leaves no process, no segment and no directory when the postmaster is killed', async () => {
      const other = await start()
      const [sleeping, busy] = await Promise.all([
        connectAsAdmin({ socketDirectory: other.files.socketDirectory, port: other.port }),
        connectAsAdmin({ socketDirectory: other.files.socketDirectory, port: other.port }),
      ])
      const pids = await Promise.all([sleeping, busy].map(backendPid))
      const segment = readSegment(other)
      expect(listSegments()).toContain(segment)
      const lost = [sleeping.query('SELECT pg_sleep(1000)'), busy.query('SELECT count(*) FROM generate_series(1, 1e12::bigint)')].map(
        (running) =>
          running.then(
            () => 'answered',
            () => 'lost',
          ),
      )
      await untilActive(other, pids)

      process.kill(other.pid, 'SIGKILL')
      expect(await other.exited).toEqual({ status: 137 })
      expect(processesIn(other.files.dataDirectory)).toContain(pids[1])
      await other.stop()

      expect(await Promise.all(lost)).toEqual(['lost', 'lost'])
      expect(processesIn(other.files.dataDirectory)).toEqual([])
      expect(listSegments()).not.toContain(segment)
      expect(existsSync(other.files.socketDirectory)).toBe(false)
    })
  })
}
