import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startSuite, type KneeReport, type Suite } from '../../../src/index.js'
import { inTransaction } from '../../in-transaction.js'

let suite: Suite<{ postgres: {} }>
let pool: pg.Pool

beforeAll(async () => {
  suite = await startSuite({ postgres: {} })
  pool = new pg.Pool({ connectionString: suite.postgres.url, max: 2 })
  await suite.postgres.query('CREATE TABLE counters (id int PRIMARY KEY, n int NOT NULL); INSERT INTO counters VALUES (1, 0)')
})
afterAll(async () => {
  await pool.end()
  await suite.dispose()
})

/** Keeps the event loop of this process, as synchronous work does. */
function block(ms: number): void {
  const end = performance.now() + ms
  while (performance.now() < end);
}

/** Quick and coarse: what is asked is what gave way, not where exactly. Two rates are so close that nothing is looked for between them. */
const COARSE = { stepFor: '600ms', factor: 1.98, precision: 0.99, timeoutMs: 3_000 } as const

const lines = (knee: KneeReport): string => String(knee).split('\n').slice(0, 2).join('\n')

test('a loop that has 20 ms of work for each request cracks by the CPU', async () => {
  const work = async (): Promise<void> => {
    await pool.query('SELECT 1')
    block(20)
  }
  const knee = await suite.findKnee(work, { from: 35, upTo: 1_000, ...COARSE, stepFor: '800ms', latencyFactor: 20 })

  expect(knee.bottleneck?.kind).toBe('cpu')
  // 50 a second is all of the time there is.
  expect(knee.broke).toBeGreaterThan(35)
  expect(lines(knee)).toMatch(/^work holds \d.*\/s and not .*\n {2}what gave way: cpu: the event loop of this process was \d+ % busy/)
})

test('two connections with statements of 40 ms crack by the pool, handed over or not', async () => {
  const ask = (): Promise<unknown> => pool.query('SELECT pg_sleep(0.04)')
  const watched = await suite.findKnee(ask, { from: 35, upTo: 1_000, ...COARSE, pools: [pool] })
  const unwatched = await suite.findKnee(ask, { from: 35, upTo: 1_000, ...COARSE })

  expect(watched.bottleneck?.kind).toBe('pool')
  expect(watched.bottleneck?.text).toContain('waiting for a connection')
  expect(unwatched.bottleneck?.kind).toBe('pool')
  expect(unwatched.bottleneck?.text).toContain('all 2 connections were')
})

test('one row that all update cracks by its lock', async () => {
  await using wide = await openWide(30)
  const update = (): Promise<void> => inTransaction(wide.pool, ['UPDATE counters SET n = n + 1 WHERE id = 1', 'SELECT pg_sleep(0.02)'])
  const knee = await suite.findKnee(update, { from: 35, upTo: 1_000, ...COARSE, pools: [wide.pool] })

  expect(knee.bottleneck?.kind).toBe('locks')
})

test('connections that the server refuses are what cracks', async () => {
  await suite.postgres.query(`ALTER DATABASE "${suite.postgres.database}" CONNECTION LIMIT 8`)
  await using wide = await openWide(50)
  const knee = await suite.findKnee(() => wide.pool.query('SELECT pg_sleep(0.05)'), { from: 100, upTo: 1_000, ...COARSE })
  await suite.postgres.query(`ALTER DATABASE "${suite.postgres.database}" CONNECTION LIMIT -1`)

  expect(knee.bottleneck?.kind).toBe('connections')
})

test('what the generator itself cannot do is not the knee of the application', async () => {
  await expect(suite.findKnee(() => {}, { from: 250_000, upTo: 10_000_000, ...COARSE, stepFor: '200ms' })).rejects.toThrow(
    /What gave way at .* was the generator, not the application\.\n {2}generator on this event loop\n {2}tap .* busy, this event loop .* busy\n {2}this process .* cores/,
  )
})

test('a target that holds all rates has no bottleneck', async () => {
  const knee = await suite.findKnee(() => {}, { from: 100, upTo: 200, ...COARSE })

  expect(knee).toMatchObject({ knee: 200, broke: undefined, bottleneck: undefined })
  expect(lines(knee)).toContain('holds up to 200/s, the highest rate that was tried')
})

test.each([
  [{ from: 100, upTo: 50 }, "Option 'upTo' must be a higher rate than from (100/s)"],
  [{ from: 0, upTo: 50 }, "Option 'from' must be"],
  [{ from: 5, upTo: 50 }, "Option 'stepFor' must be at least 4000 ms, which is 20 requests at 5/s"],
  [{ from: 50, upTo: 100, factor: 1 }, "Option 'factor' must be"],
  [{ from: 50, upto: 100 }, "Did you mean 'upTo'?"],
])('%j is refused', async (options, message) => {
  await expect(suite.findKnee(() => {}, options as never)).rejects.toThrow(message)
})

async function openWide(max: number): Promise<{ readonly pool: pg.Pool; readonly [Symbol.asyncDispose]: () => Promise<void> }> {
  const wide = new pg.Pool({ connectionString: suite.postgres.url, max })
  wide.on('error', () => {})
  return { pool: wide, [Symbol.asyncDispose]: () => wide.end() }
}
