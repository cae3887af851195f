import pg from 'pg'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { startSuite, type Suite } from '../../src/index.js'

let suite: Suite<{ readonly postgres: {} }>
let neighbour: Suite<{ readonly postgres: {} }>

beforeAll(async () => {
  ;[suite, neighbour] = await Promise.all([startSuite({ postgres: {} }), startSuite({ postgres: {} })])
})
afterAll(async () => {
  await suite.dispose()
  await neighbour.dispose()
})

const CLIENTS = "SELECT FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend'"

/** One after the other: of two that come at once, PostgreSQL may count each against the other, and refuse both (CheckMyDatabase). */
async function connectAll(
  url: string,
  count: number,
): Promise<{ readonly clients: readonly pg.Client[]; readonly codes: readonly string[] }> {
  const clients: pg.Client[] = []
  const codes: string[] = []
  for (let index = 0; index < count; index += 1) {
    const client = new pg.Client({ connectionString: url })
    client.on('error', () => {})
    try {
      await client.connect()
      clients.push(client)
    } catch (error) {
      codes.push(String((error as { code?: unknown }).code))
    }
  }
  onTestFinished(async () => void (await Promise.all(clients.map((client) => client.end()))))
  return { clients, codes }
}

describe('a server that is shared', () => {
  test.each(['pause', 'resume', 'kill', 'restart'] as const)('is not to %s', async (verb) => {
    await expect(suite.postgres.control[verb]()).rejects.toMatchObject({
      code: 'ERR_HOTBED_ISOLATION',
      message: `suite.postgres.control.${verb}() acts on the whole server, which isolation 'clone' shares with other suites. [ERR_HOTBED_ISOLATION]\n  → Use isolation: 'server'.`,
    })
    expect((await suite.postgres.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
  })

  test('takes so many connections of the application as it is limited to, and refuses the next with 53300', async () => {
    await using limit = await suite.postgres.control.limit({ connections: 5 })
    const { clients, codes } = await connectAll(suite.postgres.url, 9)
    expect([clients.length, codes]).toEqual([5, ['53300', '53300', '53300', '53300']])
    const direct = new pg.Client({ connectionString: suite.postgres.directUrl })
    await expect(direct.connect()).rejects.toMatchObject({
      code: '53300',
      message: `too many connections for database "${suite.postgres.database}"`,
    })

    // What hotbed asks has connections of its own, one of which is opened now.
    expect((await suite.postgres.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
    expect((await suite.postgres.explain('SELECT 1')).kind).toBe('plan')
    const other = await connectAll(neighbour.postgres.url, 9)
    expect(other.codes).toEqual([])

    await clients[0]?.end()
    // The client has gone before the server has heard of it. Two are hotbed's.
    await expect.poll(async () => (await suite.postgres.query(CLIENTS)).rowCount).toBe(4 + 2)
    const again = await connectAll(suite.postgres.url, 2)
    expect([again.clients.length, again.codes]).toEqual([1, ['53300']])
    await limit.remove()
    const free = await connectAll(suite.postgres.url, 9)
    expect(free.codes).toEqual([])
  })

  test('refuses all with a limit of 0, and is without limits after a reset', async () => {
    await suite.postgres.control.limit({ connections: 0 })
    expect((await connectAll(suite.postgres.url, 1)).codes).toEqual(['53300'])
    await suite.reset()
    expect((await connectAll(suite.postgres.url, 3)).codes).toEqual([])
  })

  test('is limited in its connections only', async () => {
    const limit = suite.postgres.control.limit as (limits: object) => Promise<unknown>
    await expect(limit({ memory: '2mb' })).rejects.toThrow("postgres.control.limit() has no option 'memory'.")
    await expect(limit({ connections: 1.5 })).rejects.toThrow("Option 'connections' must be a whole number from 0 to 100000, but is 1.5.")
    await expect(limit({})).rejects.toThrow(
      "Option 'postgres.control.limit()' must be given at least one of connections, but is an object.",
    )
  })
})

test('a transaction that is rolled back has no server to control; its Redis can be', async () => {
  await using inside = await startSuite({ postgres: {}, redis: {} }, { isolation: 'rollback' })
  await expect(inside.postgres.control.kill()).rejects.toThrowErrorMatchingInlineSnapshot(`
    [HotbedError: Isolation 'rollback' is one transaction; what is done to a server would end it. [ERR_HOTBED_ISOLATION]
      → Use isolation: 'server'.]
  `)
  await expect(inside.postgres.control.limit({ connections: 5 })).rejects.toThrow("Isolation 'rollback' is one transaction")
  await inside.redis.control.restart()
  expect(await inside.redis.send('PING')).toBe('PONG')
})
