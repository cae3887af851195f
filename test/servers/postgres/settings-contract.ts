import { expect, test } from 'vitest'
import type { PostgresImages, PostgresServer } from '../../../src/servers/server.js'
import type { PostgresSubject } from './contract.js'
import { query } from './observe.js'

/** What every provider does with settings. */
export function testSettings(
  { start, leftByLast }: Omit<PostgresSubject, 'provider'>,
  running: () => PostgresServer & { readonly images: PostgresImages },
): void {
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
      expect(other.images.layout).not.toBe(running().images.layout)
    } finally {
      await other.stop()
    }
  })

  test('says which setting was refused, and leaves nothing', async () => {
    await expect(start({ settings: { work_mem: 'banana' } })).rejects.toMatchObject({
      code: 'ERR_HOTBED_POSTGRES_SETTING',
      message: expect.stringMatching(/refuses the setting 'work_mem' = "banana": invalid value for parameter "work_mem": "banana"/),
    })
    expect(await leftByLast()).toEqual([])
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
