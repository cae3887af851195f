import { readdirSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findFreePort } from '../../../src/primitives/free-port.js'
import { DEFAULT_SETTINGS } from '../../../src/servers/postgres/settings.js'
import type { PostgresImages, PostgresServer, PostgresServerOptions } from '../../../src/servers/server.js'
import { connectAs, listen, occupy, planOfLike, portOf, query, queryOverTcp } from './observe.js'
import { testEveryPostgres } from './every-server.js'
import { makeCache, makeDirectory } from './place.js'
import { testSettings } from './settings-contract.js'

/** What a stack can say to any provider. */
export type AnyPostgresOptions = Pick<PostgresServerOptions, 'settings' | 'locale'>

export interface ContractStart {
  readonly cacheDirectory?: string
  readonly findPort?: () => Promise<number>
  /** A directory that `images.save` has made. */
  readonly image?: string
  /** Its cluster is going to be saved. */
  readonly isSaved?: boolean
}

/** A provider as it is tested. */
export interface PostgresSubject {
  readonly provider: string
  readonly start: (options?: AnyPostgresOptions, how?: ContractStart) => Promise<PostgresServer & { readonly images: PostgresImages }>
  /** What is still there of the last server that was started, or was to be. */
  readonly leftByLast: () => Promise<readonly string[]>
}

/** What every provider of Postgres must do. */
export function describePostgresProvider({ provider, start, leftByLast }: PostgresSubject): void {
  describe(`Postgres by provider '${provider}'`, { timeout: 60_000 }, () => {
    let server: Awaited<ReturnType<typeof start>>
    beforeAll(async () => {
      server = await start()
    }, 120_000)
    afterAll(() => server?.stop())

    testSettings({ start, leftByLast }, () => server)
    testEveryPostgres(() => server)

    test('says what it is', async () => {
      const { rows } = await query<{ server_version_num: string }>(server, 'SHOW server_version_num')
      expect(Math.floor(Number(rows[0]?.server_version_num) / 10_000)).toBe(server.version.major)
      expect(server.version.text).toMatch(/^\d+\.\d+$/)
      expect(server.collation).toMatch(/^(libc en_US\.UTF-8|icu en-US, ctype C(\.UTF-8)?)$/)
      expect(server.provider).toBe(provider)
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
        expect(c.images.layout).not.toBe(server.images.layout)
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
      await expect(start({}, { findPort: () => Promise.resolve(taken) })).rejects.toThrow(
        'No free port was left on 127.0.0.1 after 5 attempts. [ERR_HOTBED_POSTGRES_START]',
      )
      expect(await leftByLast()).toEqual([])
      thief.close()
    })

    test('starts twice at once from an empty cache', async () => {
      const cacheDirectory = makeCache()
      const servers = await Promise.all([start({ locale: 'C' }, { cacheDirectory }), start({ locale: 'C' }, { cacheDirectory })])
      try {
        expect(new Set(servers.map(({ port }) => port)).size).toBe(2)
        expect(readdirSync(join(cacheDirectory, 'clusters'))).toHaveLength(1)
      } finally {
        await Promise.all(servers.map((one) => one.stop()))
      }
    })

    test('stops with connections open, leaves nothing, and may be stopped twice', async () => {
      const other = await start()
      const client = await connectAs(other)
      await Promise.all([other.stop(), other.stop()])
      expect(await other.exited).toEqual({ status: expect.any(Number) })
      expect(await leftByLast()).toEqual([])
      await expect(client.query('SELECT 1')).rejects.toThrow(/terminat|closed|queryable/i)
    })

    test('saves an image, goes on at the same port, and another server boots from it', async () => {
      const image = join(makeDirectory({ owned: true }), 'image')
      const first = await start({}, { isSaved: true })
      const { port } = first
      await query(first, 'CREATE TABLE kept AS SELECT generate_series(1, 1000) AS n')
      await first.images.save(image)
      expect(first.port).toBe(port)
      expect((await queryOverTcp(first, first.admin.password, 'SELECT count(*)::int AS n FROM kept')).rows).toEqual([{ n: 1000 }])
      expect(readdirSync(image)).not.toContain('postmaster.pid')
      await expect(first.images.save(image)).rejects.toThrow('which exists')
      expect((await query(first, 'SELECT count(*)::int AS n FROM kept')).rows).toEqual([{ n: 1000 }])
      await first.stop()
      await expect(first.images.save(`${image}-2`)).rejects.toMatchObject({ code: 'ERR_HOTBED_DISPOSED' })

      const second = await start({}, { image })
      try {
        expect(second.images.layout).toBe(first.images.layout)
        expect(second.admin.password).not.toBe(first.admin.password)
        expect((await query(second, 'SELECT count(*)::int AS n FROM kept')).rows).toEqual([{ n: 1000 }])
        await expect(queryOverTcp(second, first.admin.password, 'SELECT 1')).rejects.toThrow('password authentication failed')
      } finally {
        await second.stop()
      }
    })

    test('says so when its port is taken while its image is saved', async () => {
      const image = join(makeDirectory({ owned: true }), 'image')
      const other = await start({}, { isSaved: true })
      const saving = other.images.save(image)
      const thief = await occupy(other.port)
      await expect(saving).rejects.toThrow(`Port ${other.port} of 127.0.0.1 has been taken by another process.`)
      expect(await other.exited).toEqual({ status: 0 })
      await other.stop()
      thief.close()
      expect(await leftByLast()).toEqual([])
    })
  })
}
