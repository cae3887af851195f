import { spawn } from 'node:child_process'
import { once } from 'node:events'
import pg from 'pg'
import { createClient } from 'redis'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startSuite, type LoadReport, type Suite } from '../../src/index.js'

type Both = Suite<{ postgres: {}; redis: {} }>
let suite: Both
let pool: pg.Pool
let redis: ReturnType<typeof createClient>

beforeAll(async () => {
  suite = await startSuite({ postgres: {}, redis: {} })
  pool = new pg.Pool({ connectionString: suite.postgres.url, max: 2 })
  redis = createClient({ url: suite.redis.url })
  await redis.connect()
})
afterAll(async () => {
  await pool.end()
  await redis.close()
  await suite.dispose()
})

/** Keeps the event loop of this process, as synchronous work does. */
function block(ms: number): void {
  const end = performance.now() + ms
  while (performance.now() < end);
}

test('a request a statement: both are counted, and the time on the wire is a share of the time of the requests', async () => {
  const report = await suite.load(() => pool.query('SELECT 1'), { rate: 200, for: { count: 40 } })

  expect(report.counts).toEqual({ scheduled: 40, issued: 40, succeeded: 40, failed: 0, unsettled: 0, dropped: 0, warmUp: 0 })
  expect(report.postgres).toMatchObject({ exchanges: 40, errors: [], refused: [], latency: { count: 40 } })
  expect(report.postgres?.share).toBeGreaterThan(0)
  expect(report.redis).toMatchObject({ exchanges: 0, share: 0 })
  expect(report.latency.count).toBe(40)
  expect(report.generator.schedulingError.count).toBe(40)
  expect(report.errorRate).toBe(0)
})

test('a loop that is blocked for 300 ms is seen by those who were due then', async () => {
  const report = await suite.load(({ index }) => (index === 10 ? block(300) : undefined), { rate: 100, for: { count: 60 } })

  // 30 were due meanwhile, one every 10 ms; the first 20 of them had to wait for more than 100 ms.
  const slow = report.latency.count - report.latency.countUpTo(95)
  expect(slow).toBeGreaterThanOrEqual(20)
  expect(report.counts.succeeded).toBe(60)
})

test('users who wait for their answers ask less while it is blocked, which the report says of them', async () => {
  const seen = new Set<number>()
  const report = await suite.load(
    async ({ index, user }) => {
      seen.add(user)
      if (index === 10) block(300)
    },
    { users: 2, for: { count: 60 } },
  )

  expect(report.latency.count - report.latency.countUpTo(95)).toBeLessThanOrEqual(10)
  expect([...seen]).toEqual([1, 2])
  expect(String(report)).toContain('closed model, 2 users who wait for their answers')
})

test('the warm-up is made and not counted', async () => {
  let calls = 0
  const report = await suite.load(() => (calls += 1), { rate: 100, for: { count: 20 }, warmUp: '100ms' })

  expect(report.counts).toMatchObject({ warmUp: 10, scheduled: 20, succeeded: 20 })
  expect(calls).toBe(30)
})

describe('errors are told apart', () => {
  test('by SQLSTATE, status, code and message, each with the first of it', async () => {
    const fail = async (index: number): Promise<unknown> => {
      if (index < 4) return pool.query('SELECT 1/0')
      if (index < 7) return { statusCode: 503, body: 'come back later' }
      if (index < 9) throw new TypeError('fetch failed', { cause: Object.assign(new Error('no'), { code: 'ECONNREFUSED' }) })
      throw new Error(`no seat ${index}`)
    }
    const report = await suite.load(({ index }) => fail(index), { rate: 500, for: { count: 12 } })

    expect(report.errors.map(({ kind, count, first }) => ({ kind, count, message: first.message }))).toEqual([
      { kind: '22012', count: 4, message: 'division by zero' },
      { kind: 'HTTP 503', count: 3, message: 'come back later' },
      { kind: 'no seat n', count: 3, message: 'no seat 9' },
      { kind: 'ECONNREFUSED', count: 2, message: 'no' },
    ])
    expect(report.errorRate).toBe(1)
    expect(report.postgres?.errors).toEqual([{ kind: '22012', count: 4 }])
  })

  test('one that throws at once is one of them', async () => {
    const broken = (): never => {
      throw new Error('broken')
    }
    const report = await suite.load(broken, { rate: 500, for: { count: 5 } })

    expect(report.counts).toMatchObject({ succeeded: 0, failed: 5 })
    expect(report.errors).toMatchObject([{ kind: 'broken', count: 5 }])
  })

  test('one that never settles is given up, its signal aborted, and the report ends', async () => {
    const aborted: number[] = []
    const report = await suite.load(
      ({ index, signal }) => {
        signal.addEventListener('abort', () => aborted.push(index))
        return index === 1 ? new Promise(() => {}) : undefined
      },
      { rate: 500, for: { count: 3 }, timeoutMs: 50 },
    )

    expect(report.counts).toMatchObject({ succeeded: 2, unsettled: 1 })
    expect(report.errors).toMatchObject([{ kind: 'unsettled', count: 1, first: { index: 1 } }])
    expect(report.latency.maxMs).toBeGreaterThanOrEqual(50)
    expect(aborted).toEqual([1])
  })

  test('connections that the server does not let in are counted by the tap, whatever the application makes of them', async () => {
    await suite.postgres.query(`ALTER DATABASE "${suite.postgres.database}" CONNECTION LIMIT 3`)
    const crowd = async (): Promise<void> => {
      const clients = Array.from({ length: 6 }, () => new pg.Client({ connectionString: suite.postgres.url }))
      await Promise.allSettled(clients.map((client) => client.connect()))
      await Promise.allSettled(clients.map((client) => client.end()))
    }
    const report = await suite.load(crowd, { rate: 10, for: { count: 1 } })
    await suite.postgres.query(`ALTER DATABASE "${suite.postgres.database}" CONNECTION LIMIT -1`)

    expect(report.postgres?.refused).toMatchObject([{ kind: '53300' }])
    expect(report.errors).toEqual([])
  })
})

test('a rate that the process cannot issue is said, and what was due is not lost', async () => {
  const report = await suite.load(() => block(2), { rate: 10_000, for: { count: 1_000 } })

  expect(report.generator.isSaturated).toBe(true)
  expect(report.counts).toMatchObject({ scheduled: 1_000, issued: 1_000 })
  expect(report.rate.issued).toBeLessThan(9_500)
  expect(String(report)).toMatch(
    /SATURATED GENERATOR: .*\/s sent of 10,000\/s offered; the event loop that function and generator share was/,
  )
})

test('more than may be under way are dropped and counted as errors', async () => {
  const report = await suite.load(() => new Promise(() => {}), { rate: 1_000, for: { count: 20 }, maxInFlight: 5, timeoutMs: 100 })

  expect(report.counts).toMatchObject({ scheduled: 20, issued: 5, unsettled: 5, dropped: 15 })
  expect(report.errorRate).toBe(1)
  expect(report.generator.isSaturated).toBe(true)
})

test('Poisson arrivals of one seed are the same, and those of another are not', async () => {
  const count = async (seed: number): Promise<number> =>
    (await suite.load(() => {}, { rate: 200, for: '200ms', arrivals: 'poisson', seed, warmUp: 0 })).counts.scheduled
  const counts = [await count(1), await count(1), await count(2), await count(3)]

  expect(counts[0]).toBe(counts[1])
  expect(new Set(counts).size).toBeGreaterThan(1)
})

test('keys that are looked up are hits and misses, and the queue of a pool is watched', async () => {
  await redis.set('there', '1')
  const act = async ({ index }: { readonly index: number }): Promise<void> => {
    await redis.get(index % 4 === 0 ? 'absent' : 'there')
    await pool.query('SELECT pg_sleep(0.02)')
  }
  const report = await suite.load(act, { rate: 400, for: { count: 20 }, pools: [pool] })

  expect(report.redis?.lookups).toEqual({ hits: 15, misses: 5 })
  expect(report.pools).toMatchObject([{ peakTotal: 2 }])
  // 2 connections have the 20 one after the other, so most have to wait.
  expect(report.pools[0]?.peakWaiting).toBeGreaterThan(5)
  expect(report.pools[0]?.share).toBeGreaterThan(report.postgres?.share ?? 1)
})

test('the CPU time of another process stands beside that of this one; a pid that is none is left out', async () => {
  const busy = spawn(process.execPath, ['-e', 'for (;;);'])
  await once(busy, 'spawn')
  const report = await suite.load(() => {}, { rate: 40, for: { count: 20 }, processes: [busy.pid ?? 0, 2 ** 30] })
  busy.kill('SIGKILL')

  expect(report.cpu).toMatchObject([{ name: 'this process', pid: process.pid }, { pid: busy.pid }])
  expect(report.cpu[1]?.cores).toBeGreaterThan(0)
})

test('with `record` each statement is kept', async () => {
  const report = await suite.load(() => pool.query('SELECT 1'), { rate: 500, for: { count: 10 }, record: true })

  expect(report.recording?.statements).toHaveLength(10)
})

test.each([
  [{ rate: 0, for: '1s' }, "Option 'rate' must be a number of requests a second above 0"],
  [{ rate: -5, for: '1s' }, "Option 'rate' must be"],
  [{ rate: Number.NaN, for: '1s' }, "Option 'rate' must be"],
  [{ rate: '4000/fortnight', for: '1s' }, "Option 'rate' must be"],
  [{ for: '1s' }, 'load() was given neither a rate nor users.'],
  [{ rate: 1, users: 1, for: '1s' }, 'load() was given a rate and users.'],
  [{ users: 1.5, for: '1s' }, "Option 'users' must be a whole number above 0"],
  [{ rate: 1, for: 0 }, "Option 'for' must be longer than 0"],
  [{ rate: 1, for: { count: 0 } }, "Option 'count' must be"],
  [{ rate: 1, for: '1s', warmup: '1s' }, "Did you mean 'warmUp'?"],
  [{ rate: 1, for: '1s', timeoutMs: 0 }, "Option 'timeoutMs' must be"],
])('%j is refused before anything is sent', async (options, message) => {
  let calls = 0
  await expect(suite.load(() => (calls += 1), options as never)).rejects.toThrow(message)
  expect(calls).toBe(0)
})

test('the report prints as a table with a histogram, and as plain data', async () => {
  const report: LoadReport = await suite.load(
    async function readOne() {
      await pool.query('SELECT 1')
    },
    { rate: '100/s', for: { count: 20 } },
  )
  const shape = String(report)
    .replaceAll(/[\d.,]+/g, 'n')
    .replaceAll(/█+/g, '█')
    .replaceAll(/(statement|command|connection)s?\b/g, '$1s')
    .replace(/( {14}≤ +n ms.*\n)+/, '              ≤ n ms  █ n\n')

  expect(shape).toMatchInlineSnapshot(`
    "readOne under load: open modeln n/sn fixed arrivalsn n s
      requests    n of n sentn n succeededn n failed; error rate n %
      rate        n/s offeredn n/s sentn n/s succeeded; under way n at the endn n at most
      latency     min n  avg n  pn n  pn n  pn n  pn n  max n ms  (from when each was due)
                  ≤ n ms  █ n
      postgres    n % of the time: n statementsn pn n msn n connections at most
      redis       n % of the time: n commandsn pn n msn n connections at most
      event loop  n % busyn late by pn n  pn n  max n ms
      cpu         this process n cores; tap n % busy
      generator   on this event loop; sent late by pn n  pn n  max n ms"
  `)
  expect(JSON.parse(JSON.stringify(report))).toMatchObject({ kind: 'load-report', target: 'readOne', counts: { succeeded: 20 } })
})
