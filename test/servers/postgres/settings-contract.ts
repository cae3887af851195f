import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { startPostgresServer } from '../../../src/servers/postgres/start.js'
import type { LocalPostgresServer, PostgresServerOptions } from '../../../src/servers/server.js'
import { cache, query } from './observe.js'
import { makePlace } from './place.js'

/** What every provider does with settings. */
export function testSettings(options: PostgresServerOptions, running: () => LocalPostgresServer): void {
  const start = (more: PostgresServerOptions): Promise<LocalPostgresServer> =>
    startPostgresServer({ ...options, ...more }, makePlace(), { cacheDirectory: cache() })

  test('takes settings over the defaults, whatever their spelling', async () => {
    const other = await start({
      settings: { WORK_MEM: '65536kB', jit: true, random_page_cost: 1.1, 'app.tenant': "o'neill \\ söhne", wal_buffers: -1 },
    })
    try {
      const { rows } = await query(
        other,
        "SELECT current_setting('work_mem') w, current_setting('jit') j, current_setting('random_page_cost') r, current_setting('app.tenant') t",
      )
      expect(rows).toEqual([{ w: '64MB', j: 'on', r: '1.1', t: "o'neill \\ söhne" }])
      expect(other.files.layout).not.toBe(running().files.layout)
    } finally {
      await other.stop()
    }
  })

  test('says which setting was refused, and leaves nothing', async () => {
    const place = makePlace()
    const failing = startPostgresServer({ ...options, settings: { work_mem: 'banana' } }, place, { cacheDirectory: cache() })
    await expect(failing).rejects.toMatchObject({
      code: 'ERR_HOTBED_POSTGRES_SETTING',
      message: expect.stringMatching(/refuses the setting 'work_mem' = "banana": invalid value for parameter "work_mem": "banana"/),
    })
    expect(existsSync(place.directory)).toBe(false)
  })

  test('says which setting is out of its range', async () => {
    await expect(start({ settings: { max_connections: 0 } })).rejects.toMatchObject({
      code: 'ERR_HOTBED_POSTGRES_SETTING',
      message: expect.stringMatching(/refuses the setting 'max_connections' = 0: 0 is outside the valid range/),
    })
  })

  test('suggests the name of a mistyped setting', async () => {
    await expect(start({ settings: { wrok_mem: '64MB' } })).rejects.toMatchObject({
      code: 'ERR_HOTBED_POSTGRES_SETTING',
      message: expect.stringContaining("Postgres has no setting 'wrok_mem'. [ERR_HOTBED_POSTGRES_SETTING]\n  → Did you mean 'work_mem'?"),
    })
  })

  test('says so when a library to preload does not exist', async () => {
    await expect(start({ settings: { shared_preload_libraries: 'no_such_library' } })).rejects.toMatchObject({
      code: 'ERR_HOTBED_POSTGRES_SETTING',
      message: expect.stringMatching(
        /refuses the setting 'shared_preload_libraries' = "no_such_library": could not access file "no_such_library"/,
      ),
    })
  })

  test('refuses a setting that parts it from us', async () => {
    await expect(start({ settings: { port: 5432 } })).rejects.toThrow("The setting 'port' is chosen by hotbed and cannot be overridden.")
  })
}
