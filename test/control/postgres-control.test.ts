import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, test } from 'vitest'
import { startSuite, type Suite } from '../../src/index.js'
import { expect } from '../../src/vitest/index.js'
import { isAlive, SOON } from '../primitives/child.js'

type OwnSuite = Suite<{ readonly postgres: {} }>

let suite: OwnSuite
let pool: pg.Pool
let errors: string[]

beforeAll(async () => {
  suite = await startSuite({ postgres: {} }, { isolation: 'server' })
})
afterAll(async () => {
  await suite.dispose()
})
beforeEach(async () => {
  await suite.reset()
  await suite.postgres.query('CREATE TABLE orders (id int PRIMARY KEY)')
  errors = []
  pool = openPool(suite.postgres.url)
})
afterEach(async () => {
  await suite.reset()
  await pool.end()
})

function openPool(connectionString: string, options: pg.PoolConfig = {}): pg.Pool {
  const opened = new pg.Pool({ connectionString, ...options })
  opened.on('error', (error: Error & { code?: string }) => void errors.push(error.code ?? error.message))
  return opened
}

function failure(error: { readonly code?: string; readonly message?: string }): string {
  return String(error.code ?? error.message)
}

async function orders(): Promise<readonly number[]> {
  const { rows } = await pool.query<{ id: number }>('SELECT id FROM orders ORDER BY id')
  return rows.map(({ id }) => id)
}

/** The postmaster's pid. */
function postmaster(): number {
  return Number(readFileSync(join(suite.postgres.dataDirectory ?? '', 'postmaster.pid'), 'utf8').split('\n')[0])
}

function stateOf(pid: number): string | undefined {
  return /^State:\s+(\S)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
}

describe('a Postgres that is paused', () => {
  test('answers nothing, on old connections and new ones, and all of it once it goes on', async () => {
    const held = await pool.connect()
    const { rows } = await held.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
    const paused = await suite.postgres.control.pause()
    let settled = 0
    const insert = held.query('INSERT INTO orders VALUES (1)').finally(() => (settled += 1))
    const select = pool.query('SELECT 2 AS two').finally(() => (settled += 1))

    // Its processes do not run: whatever is sent stays unanswered, however long one looks.
    expect([postmaster(), rows[0]?.pid ?? 0].map(stateOf)).toEqual(['T', 'T'])
    expect(settled).toBe(0)
    await paused[Symbol.asyncDispose]()

    expect((await insert).rowCount).toBe(1)
    expect((await select).rows).toEqual([{ two: 2 }])
    held.release()
    expect(await orders()).toEqual([1])
  })

  test('is not asked by hotbed either: what would wait for ever is refused by name', async () => {
    await suite.postgres.control.pause()
    await expect(suite.postgres.query('SELECT 1')).rejects.toThrowErrorMatchingInlineSnapshot(`
      [HotbedError: Postgres is paused by suite.postgres.control.pause(); nothing can be asked of it. [ERR_HOTBED_QUERY]
        → await suite.postgres.control.resume()]
    `)
    await expect(suite.postgres.explain('SELECT 1')).rejects.toThrow('is paused by suite.postgres.control.pause()')

    await suite.postgres.control.resume()

    expect((await suite.postgres.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
  })

  test('is recorded: the request has no reply, and the application gives up by its own time-out', async () => {
    await using impatient = openImpatient(suite.postgres.url)
    await impatient.pool.query('SELECT 1')
    await suite.postgres.control.pause()
    const recording = await suite.record(() => impatient.pool.query('INSERT INTO orders VALUES (3)').catch(failure), { deadlineMs: 1_000 })
    expect(recording.result).toBe('Query read timeout')
    expect(recording.statements.map(({ sql, end }) => [sql, end])).toEqual([['INSERT INTO orders VALUES (3)', undefined]])
  })

  test('leaves a recording that ends meanwhile without plans, which is said when they are judged', async () => {
    const recording = await suite.record(async () => {
      await orders()
      await suite.postgres.control.pause()
    })
    expect(recording.statements.map(({ sql, plan }) => [sql, plan])).toEqual([['SELECT id FROM orders ORDER BY id', undefined]])
    expect(() => expect(recording).toSeqScan('orders')).toThrow(
      'its tables could not be looked up at the end of the recording: Postgres is paused by suite.postgres.control.pause(); nothing can be asked of it.',
    )
  })

  test('can be killed and restarted as well, and is not paused then', async () => {
    await suite.postgres.control.pause()
    await suite.postgres.control.restart({ mode: 'fast' })
    expect(await orders()).toEqual([])
    await suite.postgres.control.pause()
    await suite.postgres.control.kill()
    await suite.postgres.control.restart()
    expect((await suite.postgres.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
  })
})

describe('a Postgres that is killed', () => {
  test('ends every process, cuts every connection, and refuses new ones', async () => {
    const idle = await pool.connect()
    const { rows } = await idle.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
    idle.release()
    const pids = [postmaster(), rows[0]?.pid ?? 0]
    const working = pool.query('SELECT pg_sleep(1000)').catch(failure)
    await expect
      .poll(
        async () =>
          (await suite.postgres.query("SELECT FROM pg_stat_activity WHERE query LIKE '%pg_sleep(1000)' AND state = 'active'")).rowCount,
      )
      .toBe(1)

    await suite.postgres.control.kill()

    expect(await working).toBe('Connection terminated unexpectedly')
    expect(pids.filter(isAlive)).toEqual([])
    expect(await pool.query('SELECT 1').catch(failure)).toBe('ECONNREFUSED')
    const direct = new pg.Client({ connectionString: suite.postgres.directUrl })
    expect(await direct.connect().catch(failure)).toBe('ECONNREFUSED')
    await expect(suite.postgres.query('SELECT 1')).rejects.toThrowErrorMatchingInlineSnapshot(`
      [HotbedError: Postgres was killed by suite.postgres.control.kill(); nothing can be asked of it. [ERR_HOTBED_POSTGRES_EXITED]
        → await suite.postgres.control.restart()]
    `)
    await expect(suite.postgres.control.resume()).rejects.toThrow('was killed by suite.postgres.control.kill()')
  })

  test('has every commit that it had acknowledged, and nothing of what it had not', async () => {
    const acknowledged: number[] = []
    let isOver = false
    const write = async (): Promise<void> => {
      for (let id = 1; !isOver; id += 1) {
        await pool.query('INSERT INTO orders VALUES ($1)', [id]).then(
          () => acknowledged.push(id),
          () => (isOver = true),
        )
      }
    }
    const open = await pool.connect()
    open.on('error', () => {})
    await open.query('BEGIN')
    await open.query('INSERT INTO orders VALUES (0)')
    const writing = write()
    await expect.poll(() => acknowledged.length, SOON).toBeGreaterThan(50)

    await suite.postgres.control.kill()
    await writing
    open.release(true)
    await suite.postgres.control.restart()

    const found = await orders()
    expect(found).toEqual(expect.arrayContaining(acknowledged))
    // The last one may have been committed without an answer.
    expect(found.length - acknowledged.length).toBeLessThanOrEqual(1)
    expect(found).not.toContain(0)
  })

  test('is itself again after a restart: the same URLs, pools recover, prepared statements are prepared anew', async () => {
    const { url, directUrl } = suite.postgres
    const named = { name: 'by-id', text: 'SELECT id FROM orders WHERE id = $1', values: [7] }
    await pool.query('INSERT INTO orders VALUES (7)')
    expect((await pool.query(named)).rows).toEqual([{ id: 7 }])

    await suite.postgres.control.kill()
    await suite.postgres.control.restart()

    expect((await pool.query(named)).rows).toEqual([{ id: 7 }])
    expect(errors).toEqual(['Connection terminated unexpectedly'])
    expect([suite.postgres.url, suite.postgres.directUrl]).toEqual([url, directUrl])
    const direct = new pg.Client({ connectionString: directUrl })
    await direct.connect()
    expect((await direct.query('SELECT id FROM orders')).rows).toEqual([{ id: 7 }])
    await direct.end()
    const recording = await suite.record(() => orders())
    expect(recording.statements.map(({ plan }) => plan?.root.relation?.table)).toEqual(['orders'])
    expect((await suite.postgres.explain('SELECT * FROM orders')).kind).toBe('plan')
  })

  test('comes back by a reset, too', async () => {
    await suite.postgres.control.kill()
    await suite.reset()
    expect((await suite.postgres.query("SELECT to_regclass('orders') AS orders")).rows).toEqual([{ orders: null }])
    expect((await pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
  })
})

describe('a restart', () => {
  test.each([
    ['fast', '57P01'],
    // It says so by a warning, which is no answer.
    ['immediate', 'Connection terminated unexpectedly'],
  ] as const)('%s ends statements with %s, and keeps what was committed', async (mode, code) => {
    await pool.query('INSERT INTO orders VALUES (1)')
    const working = pool.query('SELECT pg_sleep(1000)').catch(failure)
    await expect
      .poll(
        async () =>
          (await suite.postgres.query("SELECT FROM pg_stat_activity WHERE query LIKE '%pg_sleep(1000)' AND state = 'active'")).rowCount,
      )
      .toBe(1)

    await suite.postgres.control.restart({ mode })

    expect(await working).toBe(code)
    expect(await orders()).toEqual([1])
  })

  test('refuses another mode, before anything is done', async () => {
    const restart = suite.postgres.control.restart as (options: object) => Promise<void>
    await expect(restart({ mode: 'smart' })).rejects.toThrow("Option 'mode' must be 'fast' or 'immediate', but is \"smart\".")
    await expect(restart({ keepData: true })).rejects.toThrow("postgres.control.restart() has no option 'keepData'.")
    expect(await orders()).toEqual([])
  })
})

test('a failover needs a replica', async () => {
  await expect(suite.postgres.control.failover()).rejects.toThrowErrorMatchingInlineSnapshot(`
    [HotbedError: postgres.control.failover() needs a replica, and the stack of this suite has none. [ERR_HOTBED_OPTION]
      → Add one, postgres: { replicas: 1 }, and isolation: 'server'.]
  `)
})

test("a user's own setting for commits wins", async () => {
  const settings = { synchronous_commit: 'off' }
  await using own = await startSuite({ postgres: { settings } }, { isolation: 'server' })
  const show = async (of: OwnSuite): Promise<unknown> => (await of.postgres.query('SHOW synchronous_commit')).rows[0]
  expect([await show(suite), await show(own)]).toEqual([{ synchronous_commit: 'on' }, { synchronous_commit: 'off' }])
})

interface Impatient extends AsyncDisposable {
  readonly pool: pg.Pool
}

/** A pool that gives up a query, and its connection, by its own time-out. */
function openImpatient(url: string): Impatient {
  const impatient = openPool(url, { query_timeout: 200 })
  return { pool: impatient, [Symbol.asyncDispose]: () => impatient.end() }
}
