import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startSuite, type Suite } from '../../src/index.js'
import { resolveCacheDirectory } from '../../src/primitives/cache-directory.js'
import { buildShim } from '../../src/servers/clock/build-shim.js'

const shim = await buildShim(resolveCacheDirectory())
const HOUR = 3_600_000

describe.skipIf('why' in shim)(`a suite of which Postgres moves too${'why' in shim ? ` (${shim.why})` : ''}`, () => {
  let suite: Suite<{ postgres: {}; redis: {} }>
  beforeAll(async () => {
    suite = await startSuite({ postgres: { clock: 'movable' }, redis: {} }, { isolation: 'server' })
  })
  afterAll(() => suite.dispose())

  const behind = async (): Promise<number> => {
    const { rows } = await suite.postgres.query<{ ms: number }>('SELECT extract(epoch FROM clock_timestamp())::float8 * 1000 AS ms')
    return Math.abs(Date.now() - (rows[0]?.ms ?? 0))
  }

  test('the application, Redis and Postgres agree on the time, jump after jump and after a reset', async () => {
    const { createClient } = await import('redis')
    const client = await createClient({ url: suite.redis.url }).connect()
    const time = async (): Promise<number> => {
      const [seconds] = await client.sendCommand<[string, string]>(['TIME'])
      return Number(seconds) * 1000
    }
    const machine = Date.now()
    for (const by of ['1h', '90s', '1ms', '30d']) {
      const jump = await suite.clock.advance(by)
      expect(jump.postgres).toBe('moved')
      expect(await behind()).toBeLessThan(30_000)
      expect(Math.abs((await time()) - Date.now())).toBeLessThan(30_000)
    }
    expect(Date.now() - machine).toBeGreaterThan(30 * 24 * HOUR)
    await suite.reset()
    expect(Date.now() - machine).toBeLessThan(HOUR)
    expect(await behind()).toBeLessThan(30_000)
    client.destroy()
  })
})

test('a suite that shares its Postgres says that it has not moved', async () => {
  await using suite = await startSuite({ postgres: {} })
  const jump = await suite.clock.advance('1h')
  expect(jump.postgres).toMatchInlineSnapshot(
    `"not moved: now() is the time of the machine; postgres: { clock: 'movable' } with isolation: 'server' gives the suite a Postgres whose clock can be moved"`,
  )
})
