import { once } from 'node:events'
import { connect } from 'node:net'
import { Redis as IoRedis } from 'ioredis'
import type pg from 'pg'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { startSuite, type Suite } from '../../src/index.js'
import { toHavePeakConnections } from '../../src/matchers/recording/to-have-peak-connections.js'
import { removeLiveRules } from '../../src/tap-verbs/live-rules.js'
import { connectPostgres, connectRedis } from '../unreturning-clients.js'

type Both = Suite<{ postgres: {}; redis: {} }>
let suite: Both

beforeAll(async () => {
  suite = await startSuite({ postgres: {}, redis: {} })
  await suite.postgres.query('CREATE TABLE notes (id int PRIMARY KEY, text text NOT NULL)')
})
beforeEach(async () => {
  await suite.postgres.query('TRUNCATE notes')
  await suite.redis.send('FLUSHALL')
})
afterAll(() => suite.dispose())

function reasonOf(outcome: { readonly status: string; readonly reason?: unknown } | undefined): string {
  const reason = outcome?.reason as (Error & { readonly code?: string }) | undefined
  return [outcome?.status, reason?.code, reason?.message].filter((part) => part !== undefined).join(' ')
}

test('a store that refuses ends its connections, takes no new one, and is back when the outage ends', async () => {
  const [postgres, redis] = [await connectPostgres(suite), await connectRedis(suite)]
  const ended = [postgres, redis].map((client) => new Promise((resolve) => void client.once('error', resolve)))
  const outages = [await suite.outage('postgres', { mode: 'refuse' }), await suite.outage('redis', { mode: 'refuse' })]
  await Promise.all(ended)
  const [noPostgres, noRedis] = [
    await outages[0]?.record(() => connectPostgres(suite)),
    await outages[1]?.record(() => connectRedis(suite)),
  ]
  expect([reasonOf(noPostgres?.outcomes[0]), reasonOf(noRedis?.outcomes[0])]).toEqual([
    `rejected ECONNREFUSED connect ECONNREFUSED 127.0.0.1:${suite.postgres.port}`,
    `rejected ECONNREFUSED connect ECONNREFUSED 127.0.0.1:${suite.redis.port}`,
  ])
  expect([noPostgres?.struck, noRedis?.struck]).toEqual([1, 1])
  expect(await outages[0]?.state()).toEqual({ isActive: true, struck: 2, requests: 0, connections: 2, holding: 0 })
  for (const outage of outages) await outage.end()
  await (await connectPostgres(suite)).end()
  ;(await connectRedis(suite)).destroy()
})

test('a store that hangs answers neither requests nor new connections, and gives what was asked when the outage ends', async () => {
  const [postgres, redis] = [await connectPostgres(suite), await connectRedis(suite)]
  await using outage = await suite.outage('postgres', { mode: 'hang' })
  await using hungRedis = await suite.outage('redis', { mode: 'hang' })
  let answered: Promise<unknown>[] = []
  const run = await outage.record(
    async (participant): Promise<unknown> => {
      const asked: readonly (() => Promise<unknown>)[] = [
        () => postgres.query('SELECT 1 AS one'),
        () => connectPostgres(suite),
        () => redis.get('a'),
        () => connectRedis(suite),
      ]
      const answer = asked[participant - 1]?.() ?? Promise.resolve()
      answered.push(answer)
      return answer
    },
    { participants: 4, deadlineMs: 100 },
  )
  expect(run.outcomes.map(({ status, settledMs }) => [status, settledMs])).toEqual(run.outcomes.map(() => ['unsettled', undefined]))
  expect(run.timeline.map((event) => [event.store, event.end, event.steered])).toEqual([
    ['postgres', undefined, 'held by an outage'],
    ['redis', undefined, 'held by an outage'],
  ])
  expect(run.connections.list.filter(({ steered }) => steered === 'held by an outage').map(({ store }) => store)).toEqual([
    'postgres',
    'redis',
  ])
  expect([run.struck, await hungRedis.state()]).toEqual([2, { isActive: true, struck: 2, requests: 1, connections: 1, holding: 2 }])
  await outage.end()
  await hungRedis.end()
  const [row, client, value, other] = (await Promise.all(answered)) as [pg.QueryResult, pg.Client, null, { destroy: () => void }]
  answered = []
  expect([row.rows, value]).toEqual([[{ one: 1 }], null])
  expect((await client.query('SELECT 2 AS two')).rows).toEqual([{ two: 2 }])
  await client.end()
  other.destroy()
  await postgres.end()
  redis.destroy()
})

test('a store that resets does so with requests and with new connections', async () => {
  const [postgres, redis] = [await connectPostgres(suite), await connectRedis(suite)]
  await using outage = await suite.outage('postgres', { mode: 'reset' })
  await using resetRedis = await suite.outage('redis', { mode: 'reset' })
  const run = await outage.record(
    async (participant) => {
      if (participant === 1) return postgres.query('SELECT 1')
      return connectPostgres(suite)
    },
    { participants: 2 },
  )
  expect(run.outcomes.map(reasonOf)).toEqual([
    expect.stringMatching(/^rejected (?:ECONNRESET|Connection terminated)/),
    expect.stringMatching(/^rejected (?:ECONNRESET|EPIPE|Connection terminated)/),
  ])
  expect(run.struck).toBe(2)
  expect(run.connections.list.flatMap(({ endedBecause }) => endedBecause ?? [])).toEqual(
    expect.arrayContaining(['a rule reset it', 'reset by an outage']),
  )
  const redisRun = await resetRedis.record(() => redis.get('a'))
  expect([redisRun.outcomes[0]?.status, redisRun.struck]).toEqual(['rejected', 1])
})

test.each([
  ['loading', ['LOADING', 'LOADING', 'LOADING', 'PONG-LOADING', 'info'], 4],
  ['readonly', ['ok', 'READONLY', 'READONLY', 'PONG', 'info'], 2],
  ['oom', ['ok', 'OOM', 'ok', 'PONG', 'info'], 1],
] as const)('a Redis that is %s answers as the server does, by the flags of its own COMMAND', async (mode, expected, struck) => {
  const redis = await connectRedis(suite)
  await using outage = await suite.outage('redis', { mode })
  const word = async (promise: Promise<unknown>, said: string): Promise<string> =>
    promise.then(
      () => said,
      (error: Error) => error.message.split(' ', 1)[0] ?? '',
    )
  const run = await outage.record(async () => [
    await word(redis.get('a'), 'ok'),
    await word(redis.set('a', '1'), 'ok'),
    await word(redis.eval("return redis.call('SET', KEYS[1], '1')", { keys: ['b'] }), 'ok'),
    await word(redis.ping(), 'PONG').then((said) => (said === 'LOADING' ? 'PONG-LOADING' : said)),
    await word(redis.info(), 'info'),
  ])
  expect(run.outcomes).toEqual([{ participant: 1, status: 'fulfilled', value: expected, settledMs: expect.any(Number) as number }])
  expect(run.struck).toBe(struck)
  // One that comes new is let in, as by a server that loads.
  ;(await connectRedis(suite)).destroy()
  redis.destroy()
})

test('only what matches, or only the first of what comes', async () => {
  const redis = await connectRedis(suite)
  const answers = async (): Promise<readonly string[]> => {
    const said: string[] = []
    for (const key of ['user:1', 'cart:1', 'user:2', 'user:3']) {
      said.push(await redis.set(key, 'x').then(String, (error: Error) => error.message.split(' ', 1)[0] ?? ''))
    }
    return said
  }
  {
    await using outage = await suite.outage('redis', { mode: 'oom', for: 'SET user:*' })
    expect([(await outage.record(answers)).outcomes[0], (await outage.state()).struck]).toMatchObject([
      { value: ['OOM', 'OK', 'OOM', 'OOM'] },
      3,
    ])
  }
  await using outage = await suite.outage('redis', { mode: 'readonly', for: 2 })
  const run = await outage.record(answers)
  expect(run.outcomes).toMatchObject([{ value: ['READONLY', 'READONLY', 'OK', 'OK'] }])
  expect([run.struck, (await outage.state()).isActive]).toEqual([2, false])
  redis.destroy()
})

test('too many clients: who comes is told so in the server’s own words, who is there lives on', async () => {
  const [postgres, redis] = [await connectPostgres(suite), await connectRedis(suite)]
  await using full = await suite.outage('postgres', { mode: 'too-many-clients' })
  await using fullRedis = await suite.outage('redis', { mode: 'too-many-clients', for: 1 })
  const run = await full.record(() => connectPostgres(suite))
  expect(reasonOf(run.outcomes[0])).toBe('rejected 53300 sorry, too many clients already')
  expect(run.outcomes[0]).toMatchObject({ reason: { severity: 'FATAL' } })
  expect((await postgres.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
  expect(run.connections.list.flatMap(({ endedBecause }) => endedBecause ?? [])).toEqual([
    'an outage refused it: 53300 sorry, too many clients already',
  ])

  const second = await fullRedis.record(async () => {
    const socket = connect(suite.redis.port, '127.0.0.1')
    const chunks: string[] = []
    socket.on('data', (chunk: Buffer) => void chunks.push(chunk.toString()))
    await once(socket, 'close')
    return chunks.join('')
  })
  expect(second.outcomes).toMatchObject([{ value: '-ERR max number of clients reached\r\n' }])
  expect(second.connections.list.flatMap(({ refusal }) => refusal ?? [])).toEqual([
    { code: 'ERR', message: 'max number of clients reached' },
  ])
  expect(await redis.ping()).toBe('PONG')
  // The one that it was for has come.
  ;(await connectRedis(suite)).destroy()
  expect(await fullRedis.state()).toMatchObject({ isActive: false, struck: 1, connections: 1 })
  await postgres.end()
  redis.destroy()
})

test('clients that come back for ever neither spin the tap nor fill the recording', async () => {
  const io = new IoRedis(suite.redis.port, '127.0.0.1', { retryStrategy: () => 0, maxRetriesPerRequest: null, lazyConnect: true })
  io.on('error', () => {})
  const other = await connectPostgres(suite)
  await using outage = await suite.outage('redis', { mode: 'reset' })
  const run = await outage.record(
    async () => {
      void io.get('a').catch(() => {})
      while ((await outage.state()).struck < 1_100) await other.query('SELECT 1')
    },
    { deadlineMs: 60_000 },
  )
  expect(run.outcomes[0]?.status).toBe('fulfilled')
  expect(run.struck).toBeGreaterThanOrEqual(1_100)
  expect(run.connections.list.length).toBeLessThanOrEqual(1_000 + 10)
  expect(run.commands).toHaveLength(0)
  await outage.end()
  expect(await io.get('a')).toBeNull()
  io.disconnect()
  await other.end()
})

test('what cannot be is refused by name, before anything happens', async () => {
  const refusals: string[] = []
  const wrong: readonly (readonly [string, object])[] = [
    ['postgres', { mode: 'loading' }],
    ['redis', { mode: 'slow' }],
    ['redis', { mode: 'hang', only: 1 }],
    ['redis', { mode: 'hang', for: 0 }],
    ['redis', { mode: 'hang', for: 'UPDATE seats' }],
    ['postgres', { mode: 'too-many-clients', for: 'UPDATE seats' }],
    ['postgres', { mode: 'refuse', for: 2 }],
    ['mysql', { mode: 'hang' }],
  ]
  for (const [store, options] of wrong) {
    await suite
      .outage(store as 'redis', options as { mode: 'hang' })
      .catch((error: Error) => refusals.push(error.message.split('\n').join(' | ')))
  }
  expect(refusals).toMatchInlineSnapshot(`
    [
      "postgres has no mode 'loading', which is an answer of Redis. [ERR_HOTBED_OPTION] |   → The modes of postgres are 'refuse', 'hang', 'reset', 'too-many-clients'.",
      "Option 'mode' must be one of 'refuse', 'hang', 'reset', 'loading', 'readonly', 'oom', 'too-many-clients', but is "slow". [ERR_HOTBED_OPTION]",
      "outage() has no option 'only'. [ERR_HOTBED_OPTION] |   → Known options: mode, for, server.",
      "Option 'for' must be a whole number from 1 on, or a match, but is 0. [ERR_HOTBED_OPTION]",
      "Option 'for' is UPDATE seats, which is never sent to redis. [ERR_HOTBED_OPTION] |   → Write suite.outage('postgres', …), or a match of redis.",
      "Mode 'too-many-clients' is met by whoever connects, before any request; 'for' is UPDATE seats, which is a request. [ERR_HOTBED_OPTION] |   → Give a number of connections, or take mode 'reset' or 'hang', which requests meet.",
      "Mode 'refuse' closes the port, and a closed port cannot tell who comes: it has no 'for'. [ERR_HOTBED_OPTION] |   → Take mode 'reset', which sends requests and connections away one by one, or end the outage with end().",
      "Option 'store' must be 'postgres' or 'redis', but is "mysql". [ERR_HOTBED_OPTION]",
    ]
  `)
  expect((await suite.connections()).filter(({ steered }) => steered !== undefined)).toEqual([])
})

test('an outage that has ended is not recorded any more', async () => {
  const outage = await suite.outage('redis', { mode: 'hang' })
  await outage.end()
  await outage.end()
  await expect(outage.record(() => 1)).rejects.toMatchObject({ code: 'ERR_HOTBED_DISPOSED' })
  await expect(outage.state()).resolves.toMatchObject({ isActive: false, holding: 0 })
})

test('an outage that is still on when its suite ends is told by name', async () => {
  const own = await startSuite({ redis: {} })
  await own.outage('redis', { mode: 'readonly', for: 'SET user:*' })
  await own.outage('redis', { mode: 'refuse' })
  await expect(own.dispose()).rejects.toThrow(
    /a rule is still live: SET user:\* → outage \(readonly\)\n {2}- a rule is still live: redis → outage \(refuse\)/,
  )
})

test('a test that leaves an outage on is told so by the runner, and the next one goes without it', async () => {
  await using own = await startSuite({ redis: {} })
  const outage = await own.outage('redis', { mode: 'hang' })
  expect(await removeLiveRules()).toContain('redis → outage (hang)')
  expect(await outage.state()).toMatchObject({ isActive: false })
})

test('who is not let in is counted, whether the outage or the server itself said so', async () => {
  const { database } = suite.postgres
  const crowd = (): Promise<pg.Client> => connectPostgres(suite)
  await using outage = await suite.outage('postgres', { mode: 'too-many-clients' })
  const refused = await outage.record(crowd, { participants: 3 })
  await outage.end()
  await suite.postgres.query(`ALTER DATABASE "${database}" CONNECTION LIMIT 0`)
  const full = await suite.record(() => crowd().catch((error: Error & { code: string }) => error.code))
  await suite.postgres.query(`ALTER DATABASE "${database}" CONNECTION LIMIT -1`)

  expect(toHavePeakConnections(refused, 0).message()).toContain('3 of them were not let in: 53300 sorry, too many clients already')
  expect(full.result).toBe('53300')
  expect(full.connections.list.map(({ refusal }) => refusal)).toEqual([
    { code: '53300', message: `too many connections for database "${database}"` },
  ])
})
