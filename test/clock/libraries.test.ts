import CircuitBreaker from 'opossum'
import { RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { toEnforceRateLimit } from '../../src/matchers/clock/to-enforce-rate-limit.js'
import { openBothStores, type BothStores } from '../both-stores.js'
import { startSuite } from '../../src/index.js'
import { Redis } from 'ioredis'

let stores: BothStores
beforeAll(async () => {
  stores = await openBothStores()
})
beforeEach(() => stores.suite.redis.send('FLUSHALL').then(() => {}))
afterAll(() => stores[Symbol.asyncDispose]())

test('opossum half-opens after its time-out, and closes when the next call succeeds', async () => {
  await using suite = await startSuite({ redis: {} }, { clock: { timers: ['opossum'] } })
  let isDown = true
  const breaker = new CircuitBreaker(() => (isDown ? Promise.reject(new Error('down')) : Promise.resolve('up')), {
    resetTimeout: 30_000,
    timeout: false,
    rollingCountTimeout: 10_000,
  })
  await expect(breaker.fire()).rejects.toThrow('down')
  expect(breaker.opened).toBe(true)
  isDown = false

  await suite.clock.advance('29s')
  await expect(breaker.fire()).rejects.toThrow('Breaker is open')
  const jump = await suite.clock.advance('1s')

  expect(jump.timers?.fired).toBeGreaterThanOrEqual(1)
  expect(breaker.halfOpen).toBe(true)
  expect(await breaker.fire()).toBe('up')
  expect(breaker.closed).toBe(true)
  breaker.shutdown()
})

test('without being named, the time-out of opossum is not reached by the clock', async () => {
  const { suite } = stores
  const breaker = new CircuitBreaker(() => Promise.reject(new Error('down')), { resetTimeout: 30_000, timeout: false })
  await expect(breaker.fire()).rejects.toThrow('down')
  await suite.clock.advance('31s')
  expect(breaker.halfOpen).toBe(false)
  breaker.shutdown()
})

/** 0 when it is accepted; else how long to wait. */
const createLimiter = (client: unknown): (() => Promise<number>) => {
  const limiter = new RateLimiterRedis({ storeClient: client, points: 5, duration: 60, keyPrefix: 'rate' })
  return async () => {
    try {
      await limiter.consume('127.0.0.1')
      return 0
    } catch (refused) {
      if (refused instanceof RateLimiterRes) return refused.msBeforeNext
      throw refused
    }
  }
}

test('the window of rate-limiter-flexible ends with the clock, and its rest is what Redis says', async () => {
  const { suite } = stores
  const client = new Redis(suite.redis.url)
  const attempt = createLimiter(client)
  for (let count = 0; count < 5; count += 1) expect(await attempt()).toBe(0)
  expect(await attempt()).toBeGreaterThan(50_000)

  await suite.clock.advance('50s')
  const rest = await attempt()
  expect(rest).toBeGreaterThan(0)
  expect(rest).toBeLessThanOrEqual(10_000)
  await suite.clock.advance('10s')
  expect(await attempt()).toBe(0)
  client.disconnect()
})

test('rate-limiter-flexible holds its limit in each window, and not in a span that slides', async () => {
  const { suite } = stores
  const client = new Redis(suite.redis.url)
  const consume = createLimiter(client)
  const attempt = async (): Promise<{ readonly status: number; readonly headers: Readonly<Record<string, string>> }> => {
    const waitMs = await consume()
    return waitMs === 0 ? { status: 201, headers: {} } : { status: 429, headers: { 'retry-after': String(Math.ceil(waitMs / 1000)) } }
  }

  const probe = await suite.clock.probeRateLimit(attempt, { window: '1m', attempts: 10 })

  const fixed = toEnforceRateLimit(probe, { limit: 5, window: '1m', burst: 10 })
  expect(fixed.pass).toBe(true)
  const sliding = toEnforceRateLimit(probe, { limit: 5, window: '1m' })
  expect(sliding.pass).toBe(false)
  expect(sliding.message()).toContain('9 were accepted on both sides of its end, in less than 1 min, expected at most 5.')
  client.disconnect()
})
