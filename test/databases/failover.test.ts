import pg from 'pg'
import { afterAll, beforeAll, test } from 'vitest'
import { takeBackControls } from '../../src/control/live-controls.js'
import { startSuite, type Suite } from '../../src/index.js'
import { expect } from '../../src/vitest/index.js'
import { isAlive } from '../primitives/child.js'

/** One failover after the other: each test begins where the one before has left the suite. */
let suite: Suite<{ readonly postgres: { readonly replicas: 2 } }>
let primary: pg.Pool
let first: pg.Pool
let second: pg.Pool
const errors: string[] = []

function openPool(connectionString: string): pg.Pool {
  const pool = new pg.Pool({ connectionString, max: 1 })
  pool.on('error', (error: Error & { code?: string }) => void errors.push(error.code ?? error.message))
  return pool
}

async function notes(pool: pg.Pool): Promise<readonly number[]> {
  const { rows } = await pool.query<{ id: number }>('SELECT id FROM notes ORDER BY id')
  return rows.map(({ id }) => id)
}

beforeAll(async () => {
  suite = await startSuite({ postgres: { replicas: 2 } }, { isolation: 'server' })
  primary = openPool(suite.postgres.url)
  first = openPool(suite.postgres.replicas[0].url)
  second = openPool(suite.postgres.replicas[1]?.url ?? '')
  await suite.postgres.query('CREATE TABLE notes (id int PRIMARY KEY)')
  await suite.postgres.lag.caughtUp()
})
afterAll(async () => {
  await Promise.all([primary?.end(), first?.end(), second?.end()])
  await suite?.dispose()
})

test('one replica alone is held, and the other goes on', async () => {
  await suite.postgres.replicas[1]?.lag.hold()
  await primary.query('INSERT INTO notes VALUES (1)')
  await suite.postgres.replicas[0].lag.caughtUp()
  expect([await notes(first), await notes(second)]).toEqual([[1], []])
  expect(await suite.postgres.replicas[0].lag.bytes()).toBe(0)
  expect(await suite.postgres.lag.bytes()).toBeGreaterThan(0)
  expect(await takeBackControls()).toEqual(['suite.postgres.replicas[1].lag.hold()'])
  await suite.postgres.lag.caughtUp()
  expect(await notes(second)).toEqual([1])
})

test('after a failover the first replica is the primary, under the URL of the primary, with all that was committed', async () => {
  await suite.postgres.lag.hold()
  await primary.query('INSERT INTO notes VALUES (2)')
  const { rows } = await primary.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
  const { port } = new URL(suite.postgres.replicas[0].directUrl)

  await suite.postgres.control.failover()

  expect(isAlive(rows[0]?.pid ?? 0)).toBe(false)
  const run = await suite.record(async () => {
    await primary.query('INSERT INTO notes VALUES (3)')
    return notes(first)
  })
  expect(run.result).toEqual([1, 2, 3])
  expect((await primary.query('SELECT inet_server_port() AS port')).rows).toEqual([{ port: Number(port) }])
  expect(run.statements.map(({ server, replica }) => [server, replica])).toEqual([
    ['primary', undefined],
    ['primary', 0],
  ])
  expect(errors).not.toEqual([])
})

test('what was connected to the replica that took over stays connected, and may write now', async () => {
  const { rows } = await first.query('SELECT pg_is_in_recovery() AS follows')
  expect(rows).toEqual([{ follows: false }])
  await first.query('INSERT INTO notes VALUES (4)')
  expect(await notes(primary)).toEqual([1, 2, 3, 4])
})

test('the other replica follows the new primary, and is still held', async () => {
  expect(await notes(second)).toEqual([1])
  expect(await takeBackControls()).toEqual(['suite.postgres.lag.hold()'])
  await suite.postgres.lag.caughtUp()
  expect(await notes(second)).toEqual([1, 2, 3, 4])
})

test('the old primary is gone from everywhere, and the suite goes on with the new one', async () => {
  const lost = new pg.Client({ connectionString: suite.postgres.directUrl })
  await expect(lost.connect()).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  await expect(suite.postgres.replicas[0].lag.hold()).rejects.toThrowErrorMatchingInlineSnapshot(
    `[HotbedError: Replica 0 of this suite has become its primary, so it replays nothing. [ERR_HOTBED_OPTION]]`,
  )
  await suite.reset()
  await suite.postgres.query('CREATE TABLE notes (id int PRIMARY KEY)')
  await primary.query('INSERT INTO notes VALUES (5)')
  await suite.postgres.lag.caughtUp()
  expect([await notes(primary), await notes(first), await notes(second)]).toEqual([[5], [5], [5]])
})

test('the next primary can be killed and restarted, under the same URL', async () => {
  await suite.postgres.control.kill()
  await expect(primary.query('SELECT 1')).rejects.toThrow(/ECONNRE|terminated/)
  await suite.postgres.control.restart()
  expect(await notes(primary)).toEqual([5])
})

test('the last replica may take over, even from a primary that was killed; then none is left', async () => {
  await suite.postgres.lag.caughtUp()
  await suite.postgres.control.kill()
  await suite.postgres.control.failover()
  expect(await takeBackControls()).toEqual([])
  await primary.query('INSERT INTO notes VALUES (6)')
  expect(await notes(second)).toEqual([5, 6])
  await expect(suite.postgres.control.failover()).rejects.toThrowErrorMatchingInlineSnapshot(`
    [HotbedError: postgres.control.failover() needs a replica that takes over, and this suite has none left. [ERR_HOTBED_OPTION]
      → Give the stack one more: postgres: { replicas: 2 }.]
  `)
})
