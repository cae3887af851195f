import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, test } from 'vitest'
import { takeBackControls } from '../../src/control/live-controls.js'
import { hold, reply, startSuite, type StackDefinition, type Suite } from '../../src/index.js'
import { expect } from '../../src/vitest/index.js'

type Replicated = Suite<{ readonly postgres: { readonly replicas: 1 } }>

const migrations = { run: async ({ query }: { readonly query: (sql: string) => Promise<unknown> }) => void (await query(SCHEMA)) }
const SCHEMA = 'CREATE TABLE notes (id int PRIMARY KEY, text text NOT NULL); INSERT INTO notes VALUES (0, $$from the template$$)'

let suite: Replicated
let primary: pg.Pool
let replica: pg.Pool

function openPool(connectionString: string): pg.Pool {
  const pool = new pg.Pool({ connectionString, max: 2 })
  pool.on('error', () => {})
  return pool
}

async function notes(pool: pg.Pool): Promise<readonly number[]> {
  const { rows } = await pool.query<{ id: number }>('SELECT id FROM notes ORDER BY id')
  return rows.map(({ id }) => id)
}

beforeAll(async () => {
  suite = await startSuite({ postgres: { replicas: 1, migrations } }, { isolation: 'server' })
  primary = openPool(suite.postgres.url)
  replica = openPool(suite.postgres.replicas[0].url)
})
afterAll(async () => {
  await primary?.end()
  await replica?.end()
  await suite?.dispose()
})
beforeEach(() => suite.reset())

describe('a replica', () => {
  test('has the template as soon as the suite is there, streams what is written, and refuses writes', async () => {
    expect(await notes(replica)).toEqual([0])
    await primary.query("INSERT INTO notes VALUES (1, 'new')")
    await suite.postgres.lag.caughtUp()
    expect(await notes(replica)).toEqual([0, 1])
    await expect(replica.query("INSERT INTO notes VALUES (2, 'no')")).rejects.toMatchObject({ code: '25006' })
  })

  test('is asked on the side, and reached past the tap', async () => {
    const [one] = suite.postgres.replicas
    expect((await one.query('SELECT pg_is_in_recovery() AS follows')).rows).toEqual([{ follows: true }])
    await using direct = await connect(one.directUrl)
    expect((await direct.client.query('SELECT inet_server_port() AS port')).rows).toEqual([{ port: Number(new URL(one.directUrl).port) }])
    expect(new URL(one.url).port).not.toBe(new URL(one.directUrl).port)
  })

  test('has the data of the template again after a reset, and whoever was connected connects again', async () => {
    await primary.query("INSERT INTO notes VALUES (1, 'gone')")
    await suite.postgres.lag.caughtUp()
    expect(await notes(replica)).toEqual([0, 1])
    await suite.reset()
    expect([await notes(primary), await notes(replica)]).toEqual([[0], [0]])
    await primary.query("INSERT INTO notes VALUES (2, 'after')")
    await suite.postgres.lag.caughtUp()
    expect(await notes(replica)).toEqual([0, 2])
  })

  test('answers while the primary is killed, and follows it again', async () => {
    await suite.postgres.control.kill()
    expect(await notes(replica)).toEqual([0])
    await suite.postgres.control.restart()
    await primary.query("INSERT INTO notes VALUES (3, 'again')")
    await suite.postgres.lag.caughtUp()
    expect(await notes(replica)).toEqual([0, 3])
  })
})

describe('lag', () => {
  test('that is held hides what is written until it is released, and is told in bytes', async () => {
    expect(await suite.postgres.lag.bytes()).toBe(0)
    const held = await suite.postgres.lag.hold()
    await primary.query("INSERT INTO notes VALUES (1, 'unseen')")

    expect(await notes(replica)).toEqual([0])
    const end = await suite.postgres.query<{ end: string }>('SELECT pg_current_wal_flush_lsn() AS end')
    const behind = await suite.postgres.replicas[0].query<{ bytes: string }>(
      'SELECT pg_wal_lsn_diff($1, pg_last_wal_replay_lsn()) AS bytes',
      [end.rows[0]?.end],
    )
    expect(await suite.postgres.lag.bytes()).toBe(Number(behind.rows[0]?.bytes))
    expect(await suite.postgres.lag.bytes()).toBeGreaterThan(50)

    await held[Symbol.asyncDispose]()
    await suite.postgres.lag.caughtUp()
    expect(await notes(replica)).toEqual([0, 1])
    expect(await suite.postgres.lag.bytes()).toBe(0)
  })

  test('that is held is never caught up with, which is said at once', async () => {
    await suite.postgres.lag.hold()
    await expect(suite.postgres.lag.caughtUp()).rejects.toThrowErrorMatchingInlineSnapshot(`
      [HotbedError: suite.postgres.lag.hold() holds the replay, so nothing would ever be caught up. [ERR_HOTBED_QUERY]
        → await suite.postgres.lag.release()]
    `)
  })

  test('that lasts longer than it may be waited for is told with where the replica is, and what both servers log', async () => {
    const reader = await replica.connect()
    await reader.query('BEGIN')
    await reader.query('SELECT * FROM notes')
    // Its lock has to wait for the reader on the replica.
    await primary.query('ALTER TABLE notes ADD COLUMN late int')
    await expect(suite.postgres.lag.caughtUp({ timeoutMs: 50 })).rejects.toThrow(
      /Waited 50 ms until the replica on port \d+ has replayed [\dA-F]+\/[\dA-F]+; it has replayed [\dA-F]+\/[\dA-F]+\. \[ERR_HOTBED_TIMEOUT\]/,
    )
    await reader.query('COMMIT')
    reader.release()
    await suite.postgres.lag.caughtUp()
    await expect(suite.postgres.lag.caughtUp({ timeoutMs: 0 })).rejects.toThrow(
      "Option 'timeoutMs' must be milliseconds above 0, but is 0.",
    )
  })

  test('that is left held at the end of a test is released, and told', async () => {
    await suite.postgres.lag.hold()
    await primary.query("INSERT INTO notes VALUES (1, 'late')")
    expect(await takeBackControls()).toEqual(['suite.postgres.lag.hold()'])
    await suite.postgres.lag.caughtUp()
    expect(await notes(replica)).toEqual([0, 1])
  })

  test('that is held does not keep a reset from the replica', async () => {
    await suite.postgres.lag.hold()
    await suite.reset()
    expect(await notes(replica)).toEqual([0])
    expect(await takeBackControls()).toEqual([])
  })
})

describe('a recording', () => {
  test('says which server each statement went to, in its table and in JSON', async () => {
    const run = await suite.record(async () => {
      await primary.query("INSERT INTO notes VALUES (1, 'a')")
      await notes(replica)
    })
    expect(run.statements.map(({ server, replica: number }) => [server, number])).toEqual([
      ['primary', undefined],
      ['replica', 0],
    ])
    expect(
      run
        .toString()
        .split('\n')
        .slice(1)
        .map((line) => / pg (\w+) /.exec(line)?.[1]),
    ).toEqual(['primary', 'replica'])
    expect(JSON.parse(JSON.stringify(run))).toMatchObject({
      timeline: [{ server: 'primary' }, { server: 'replica', replica: 0 }],
      replication: { replicas: 1, holds: [] },
    })
    expect(run.statements[1]?.plan?.toString()).toContain('notes')
  })

  test('has where the log was around a commit and around the read of a replica, and when the replay was held', async () => {
    await suite.postgres.lag.hold()
    const run = await suite.record(async () => {
      await primary.query("INSERT INTO notes VALUES (1, 'a')")
      await notes(replica)
      await suite.postgres.lag.release()
      await suite.postgres.lag.caughtUp()
      await notes(replica)
      await notes(primary)
    })
    const [write, early, late, own] = run.statements
    const diff = async (to: string | undefined, from: string | undefined): Promise<number> => {
      const { rows } = await suite.postgres.query<{ bytes: string }>('SELECT pg_wal_lsn_diff($1, $2) AS bytes', [to, from])
      return Number(rows[0]?.bytes)
    }
    expect(await diff(write?.log?.after, write?.log?.before)).toBeGreaterThan(50)
    expect(early?.log?.after).toBe(early?.log?.before)
    expect(await diff(write?.log?.before, early?.log?.after)).toBeGreaterThanOrEqual(0)
    expect(await diff(late?.log?.before, write?.log?.after)).toBeGreaterThanOrEqual(0)
    expect(own?.log).toBeUndefined()
    const [held] = run.replication.holds
    expect(held).toMatchObject({ replica: 0, from: expect.any(Number) as number })
    expect(held?.to).toBeGreaterThan(early?.end ?? Infinity)
    expect(held?.to).toBeLessThan(late?.start ?? 0)
  })
})

describe('a rule', () => {
  test('may be for replicas alone, or for the primary alone', async () => {
    const down = await suite.intercept('SELECT', reply({ error: '57P01' }), { server: 'replica' })
    await expect(notes(replica)).rejects.toMatchObject({ code: '57P01' })
    expect(await notes(primary)).toEqual([0])
    await using gate = await suite.intercept('SELECT', hold(), { server: 'primary' })
    const reading = notes(primary)
    await gate.arrived()
    await gate.release()
    expect(await reading).toEqual([0])
    await down.remove()
  })

  test('by a predicate is told the server', async () => {
    const down = await suite.intercept(({ server }) => server === 'replica', reply({ error: '40001' }))
    await expect(notes(replica)).rejects.toMatchObject({ code: '40001' })
    expect(await notes(primary)).toEqual([0])
    await down.remove()
  })

  test('for another server is refused by name', async () => {
    const intercept = suite.intercept as (match: string, action: unknown, options: object) => Promise<unknown>
    await expect(intercept('SELECT', hold(), { server: 'standby' })).rejects.toThrow("Option 'server' must be 'primary' or 'replica'")
  })
})

describe('an outage', () => {
  test.each(['refuse', 'reset', 'hang', 'too-many-clients'] as const)('may be of the replicas alone (%s)', async (mode) => {
    await using outage = await suite.outage('postgres', { mode, server: 'replica' })
    const client = new pg.Client({ connectionString: suite.postgres.replicas[0].url, connectionTimeoutMillis: 200 })
    client.on('error', () => {})
    await expect(client.connect()).rejects.toThrow()
    expect(await notes(primary)).toEqual([0])
    expect((await outage.state()).struck).toBeGreaterThan(0)
    await outage.end()
    expect(await notes(replica)).toEqual([0])
  })

  test('of the primary alone leaves reads to the replica, and one of Redis has no servers to choose from', async () => {
    await using outage = await suite.outage('postgres', { mode: 'reset', server: 'primary' })
    await expect(notes(primary)).rejects.toThrow()
    expect(await notes(replica)).toEqual([0])
    await outage.end()
    const wrong = suite.outage as (store: string, options: object) => Promise<unknown>
    await expect(wrong('postgres', { mode: 'reset', server: 'standby' })).rejects.toThrow("Option 'server' must be 'primary' or 'replica'")
  })
})

describe('a stack with replicas', () => {
  test('needs a server of its own', async () => {
    await expect(startSuite({ postgres: { replicas: 1 } })).rejects.toThrowErrorMatchingInlineSnapshot(`
      [HotbedError: postgres.replicas follow a whole server, which isolation 'clone' shares with other suites. [ERR_HOTBED_ISOLATION]
        → Use isolation: 'server'.]
    `)
    await expect(startSuite({ postgres: { replicas: 1 } }, { isolation: 'rollback' })).rejects.toMatchObject({
      code: 'ERR_HOTBED_ISOLATION',
    })
  })

  test.each<[StackDefinition['postgres'], string]>([
    [{ replicas: 0 }, "Option 'postgres.replicas' must be a whole number from 1 to 5, or left out, but is 0."],
    [{ replicas: 1.5 }, "Option 'postgres.replicas' must be a whole number from 1 to 5, or left out, but is 1.5."],
    [{ replicas: 6 }, "Option 'postgres.replicas' must be a whole number from 1 to 5, or left out, but is 6."],
    [
      { replicas: 1, settings: { wal_level: 'minimal' } },
      'postgres.replicas needs a server that streams its log, and postgres.settings.wal_level is "minimal".',
    ],
    [
      { replicas: 1, settings: { hot_standby: false } },
      'postgres.replicas needs a server that streams its log, and postgres.settings.hot_standby is false.',
    ],
    [{ replicas: 1, provider: { url: 'postgresql://localhost' } }, "Option 'postgres.replicas' is for a server that hotbed starts"],
    [{ replicas: 1, image: 'postgres:17' }, "Option 'postgres.replicas' is for a server that is started on this system"],
  ])('that cannot be (%o) is refused before anything is started', async (postgres, message) => {
    await expect(startSuite({ postgres: postgres ?? {} }, { isolation: 'server' })).rejects.toMatchObject({
      code: 'ERR_HOTBED_OPTION',
      message: expect.stringContaining(message) as string,
    })
  })

  test('whose standby cannot connect says so, with what both servers say', async () => {
    const starting = startSuite({ postgres: { replicas: 2, settings: { max_wal_senders: 1 } } }, { isolation: 'server' })
    await expect(starting).rejects.toThrow(
      /A replica does not reach its primary on port \d+, however often it asks\. \[ERR_HOTBED_POSTGRES_START\][^]*replica: .*FATAL: .*max_wal_senders/,
    )
  })

  test('without any has no lag, by name', async () => {
    await using plain = await startSuite({ postgres: {} })
    expect(plain.postgres.replicas).toEqual([])
    await expect(plain.postgres.lag.hold()).rejects.toThrowErrorMatchingInlineSnapshot(`
      [HotbedError: postgres.lag.hold() needs a replica, and the stack of this suite has none. [ERR_HOTBED_OPTION]
        → Add one, postgres: { replicas: 1 }, and isolation: 'server'.]
    `)
  })
})

interface Connected extends AsyncDisposable {
  readonly client: pg.Client
}

async function connect(connectionString: string): Promise<Connected> {
  const client = new pg.Client({ connectionString })
  client.on('error', () => {})
  await client.connect()
  return { client, [Symbol.asyncDispose]: () => client.end() }
}
