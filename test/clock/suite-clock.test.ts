import { LRUCache } from 'lru-cache'
import pg from 'pg'
import { createClient } from 'redis'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { startSuite, type Suite } from '../../src/index.js'
import { wallClockMs } from '../../src/primitives/real-time.js'

type Both = Suite<{ postgres: {}; redis: {} }>
let suite: Both
let redis: ReturnType<typeof createClient>

beforeAll(async () => {
  suite = await startSuite({ postgres: {}, redis: {} })
  redis = createClient({ url: suite.redis.url })
  await redis.connect()
})
afterEach(async () => {
  vi.useRealTimers()
  await suite.reset()
})
afterAll(async () => {
  await redis.close()
  await suite.dispose()
})

const MINUTE = 60_000
/** Times that a machine may be slow by. */
const about = (ms: number, expected: number): boolean => ms >= expected - 5 && ms < expected + 30_000

test('a suite that ends puts the Date and performance of the process back', async () => {
  const date = Date
  const other = await startSuite({ redis: {} })
  await other.clock.advance('1h')
  expect(Date).not.toBe(date)
  await other.dispose()
  expect(Date).toBe(date)
  expect(Object.hasOwn(performance, 'now')).toBe(false)
})

test('one jump moves Redis, Date and performance.now(), and says so', async () => {
  await redis.set('product:7', '{}', { EX: 300 })
  await redis.set('product:8', '{}', { EX: 600 })
  await redis.set('setting', '1')
  const before = { date: Date.now(), monotonic: performance.now(), timeOrigin: performance.timeOrigin }

  const jump = await suite.clock.advance('5m')

  expect(await redis.mGet(['product:7', 'product:8', 'setting'])).toEqual([null, '{}', '1'])
  expect(Date.now() - before.date).toSatisfy((ms: number) => about(ms, 5 * MINUTE))
  expect(performance.now() - before.monotonic).toSatisfy((ms: number) => about(ms, 5 * MINUTE))
  expect(performance.timeOrigin).toBe(before.timeOrigin)
  expect(suite.clock.now() - Date.now()).toSatisfy((ms: number) => Math.abs(ms) < 30_000)
  expect(jump).toMatchObject({
    kind: 'clock-advance',
    byMs: 5 * MINUTE,
    aheadMs: 5 * MINUTE,
    redis: { expired: { count: 1, first: ['product:7'] }, moved: 1, persistent: { count: 1 } },
    timers: undefined,
    children: 0,
  })
  expect(jump.toMs - jump.fromMs).toSatisfy((ms: number) => about(ms, 5 * MINUTE))
  expect(String(jump).replace(/\d{4}-.*Z/, '<time>')).toMatchInlineSnapshot(`
    "The clock went 5 min ahead: <time>
      expired: 1 key: product:7
      redis: 1 key live on, each so much shorter; 1 key without a TTL
      postgres: not moved: now() is the time of the machine; postgres: { clock: 'movable' } with isolation: 'server' gives the suite a Postgres whose clock can be moved"
  `)
  expect(structuredClone(jump)).toEqual(jump)
})

test('jumps add up, also those that are asked for together, and reset brings Redis, Date and the clock back', async () => {
  const native = Date
  await redis.set('a', '1', { EX: 301 })
  const [, , third] = await Promise.all([suite.clock.advance('1m'), suite.clock.advance(60), suite.clock.advance('2.5m')])
  expect(third.aheadMs).toBe(4.5 * MINUTE)
  expect(String(third)).toContain('The clock went 2 min 30 s ahead, 4 min 30 s in all')
  expect(await redis.exists('a')).toBe(1)
  expect((await suite.clock.advance('31s')).redis?.expired.first).toEqual(['a'])
  const monotonic = performance.now()

  await suite.reset()

  expect(Date.now()).toSatisfy((now: number) => about(now, native.now()) && Math.abs(now - wallClockMs()) < 1000)
  expect(Math.abs(suite.clock.now() - wallClockMs())).toBeLessThan(1000)
  // What measures with it must never see it go back.
  expect(performance.now()).toBeGreaterThan(monotonic)
  expect((await suite.clock.advance(0)).aheadMs).toBe(0)
})

test('drivers go on working: a pool, a client and their time-outs run on', async () => {
  const pool = new pg.Pool({ connectionString: suite.postgres.url, max: 1, idleTimeoutMillis: 0 })
  await pool.query('SELECT 1')
  await suite.clock.advance('1d')
  const { rows } = await pool.query<{ ahead: number }>('SELECT extract(epoch FROM $1::timestamptz - now()) * 1000 AS ahead', [new Date()])
  // The server is asked a while after the client has read its clock.
  expect(Number(rows[0]?.ahead)).toSatisfy((ms: number) => Math.abs(ms - 24 * 60 * MINUTE) < 30_000)
  expect(await redis.ping()).toBe('PONG')
  await pool.end()
})

test('an lru-cache expires by the jump, and not by a part of it', async () => {
  const cache = new LRUCache<string, string>({ max: 10, ttl: 5 * MINUTE })
  cache.set('a', '1')
  expect(cache.get('a')).toBe('1')
  await suite.clock.advance('4m')
  expect(cache.get('a')).toBe('1')
  await suite.clock.advance('1m')
  expect(cache.get('a')).toBe(undefined)
})

test('a deadline computed from the moved Date is the same moment in Redis', async () => {
  await suite.clock.advance('1h')
  await redis.set('link', '1', { expiration: { type: 'PXAT', value: Date.now() + 5 * MINUTE } })
  expect(await redis.pTTL('link')).toSatisfy((ms: number) => ms > 4 * MINUTE && ms <= 5 * MINUTE)
  expect((await suite.clock.advance('5m')).redis?.expired.first).toEqual(['link'])
})

test('a script that computes a moment is told as not translated', async () => {
  await suite.clock.advance('1h')
  await redis.eval("redis.call('SET', KEYS[1], '1', 'PXAT', redis.call('TIME')[1] * 1000 + 60000)", { keys: ['a'] })
  const untranslated = await suite.clock.untranslated()
  expect(untranslated).toHaveLength(1)
  const jump = await suite.clock.advance('1s')
  expect(jump.untranslated).toEqual(untranslated)
  expect(String(jump)).toContain('not translated: EVAL')
})

test('hotbed keeps its own time: recordings and deadlines', async () => {
  const run = await suite.record(async () => {
    await redis.ping()
    await suite.clock.advance('1d')
    await redis.ping()
  })
  expect(run.durationMs).toBeLessThan(30_000)
  expect(run).toSatisfy(({ commands }: typeof run) => commands.length === 2)
  const rule = await suite.intercept('GET never', { kind: 'delay', ms: 0 } as never)
  await expect(rule.arrived(1, { timeoutMs: 20 })).rejects.toMatchObject({ code: 'ERR_HOTBED_TIMEOUT' })
  await rule.remove()
})

test.each<[unknown, string]>([
  [-1, 'The clock goes ahead only, and was to go by -1. [ERR_HOTBED_OPTION]\n  → Call suite.reset(), which brings it back'],
  ['-5m', 'The clock goes ahead only, and was to go by -5m. [ERR_HOTBED_OPTION]'],
  [Number.NaN, "Option 'by' must be a number of seconds, or a text such as '250ms', '30s', '5m', '2h' or '1d', but is NaN."],
  ['soon', `but is "soon". [ERR_HOTBED_OPTION]`],
  [2 ** 53, "Option 'by' must be a length of time that ends before the year 275760, the last of a Date, but is 9007199254740992."],
  ['100000000d', "Option 'by' must be a length of time that ends before the year 275760"],
])('a jump by %j is refused before anything has moved', async (by, message) => {
  await redis.set('a', '1', { EX: 1 })
  const date = Date
  await expect(suite.clock.advance(by as string)).rejects.toThrow(message)
  expect(Date).toBe(date)
  expect(Math.abs(suite.clock.now() - wallClockMs())).toBeLessThan(1000)
})

test('jumps that add up past what a Date can hold are refused', async () => {
  await suite.clock.advance('90000000d')
  await expect(suite.clock.advance('90000000d')).rejects.toThrow('a length of time that ends before the year 275760')
})

test('under fake timers it is refused, whichever are faked, and works when they are gone', async () => {
  await redis.set('a', '1', { EX: 60 })
  const fakes = [
    () => vi.useFakeTimers({ toFake: ['Date'] }),
    () => vi.useFakeTimers({ toFake: ['setTimeout'] }),
    () => vi.setSystemTime(0),
  ]
  for (const fake of fakes) {
    fake()
    await expect(suite.clock.advance('5m')).rejects.toThrow(
      'Date, performance or setTimeout of this process is faked by somebody else (vi.useFakeTimers, vi.setSystemTime, mockdate …), so its time cannot be moved. [ERR_HOTBED_CLOCK]\n  → Call vi.useRealTimers() first.',
    )
    vi.useRealTimers()
  }
  expect(await redis.exists('a')).toBe(1)
  await suite.clock.advance('5m')
  expect(await redis.exists('a')).toBe(0)
  // Fakes that come later begin at the moved time, and give it back.
  vi.useFakeTimers({ toFake: ['Date'] })
  expect(Date.now() - wallClockMs()).toBeGreaterThan(4 * MINUTE)
  vi.useRealTimers()
  expect(Date.now() - wallClockMs()).toBeGreaterThan(4 * MINUTE)
})

test('two suites of a process cannot both move its Date; the second can when the first is back', async () => {
  await using other = await startSuite({ redis: {} })
  await other.clock.advance('1m')
  await expect(suite.clock.advance('5m')).rejects.toThrow(
    'Another suite of this process has moved its Date by 1 min, and a process has one Date. [ERR_HOTBED_CLOCK]\n  → Reset or dispose that suite first',
  )
  await other.reset()
  await suite.clock.advance('5m')
  await expect(other.clock.advance('1m')).rejects.toMatchObject({ code: 'ERR_HOTBED_CLOCK' })
  await other.dispose()
  expect(Date.now() - wallClockMs()).toBeGreaterThan(4 * MINUTE)
})

test('without Redis the Date moves all the same', async () => {
  await suite.reset()
  await using other = await startSuite({ postgres: {} })
  const jump = await other.clock.advance('1h')
  expect(jump.redis).toBe(undefined)
  expect(jump.postgres).toMatch(/^not moved: /)
  expect(Date.now() - wallClockMs()).toBeGreaterThan(59 * MINUTE)
})

test("a suite with isolation 'rollback' has a clock, too", async () => {
  const date = Date
  await suite.reset()
  const other = await startSuite({ postgres: {}, redis: {} }, { isolation: 'rollback' })
  await other.redis.send('SET', 'a', '1', 'EX', 60)
  expect((await other.clock.advance('1m')).redis?.expired.first).toEqual(['a'])
  expect(other.clock.now() - wallClockMs()).toBeGreaterThan(59_000)
  await other.reset()
  expect(Math.abs(other.clock.now() - wallClockMs())).toBeLessThan(1000)
  await other.dispose()
  expect(Math.abs(date.now() - wallClockMs())).toBeLessThan(1000)
})
