import CircuitBreaker from 'opossum'
import { circuitBreaker, ConsecutiveBreaker, fallback, handleAll, timeout, TimeoutStrategy, wrap } from 'cockatiel'
import pg from 'pg'
import { createClient } from 'redis'
import { once } from 'node:events'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { toBeServedFrom } from '../../../src/matchers/cache/to-be-served-from.js'
import { toFallBack } from '../../../src/matchers/faults/to-fall-back.js'
import { toExecuteStatements } from '../../../src/matchers/recording/to-execute-statements.js'
import { steady, useShop } from './with-suite.js'

const shop = useShop()
let pool: pg.Pool
let redis: ReturnType<typeof connect>
beforeAll(async () => {
  pool = new pg.Pool({ connectionString: shop().postgres.url })
  redis = connect()
  await redis.connect()
})
// One whose connection was reset comes back by itself.
beforeEach(async () => {
  if (!redis.isReady) await once(redis, 'ready')
})
afterAll(async () => {
  redis.destroy()
  await pool.end()
})

function connect() {
  const client = createClient({ url: shop().redis.url, disableOfflineQueue: true })
  client.on('error', () => {})
  return client
}

const load = async (): Promise<string> =>
  (await pool.query<{ name: string }>('SELECT name FROM products WHERE id = $1', [7])).rows[0]?.name ?? ''

/** Whatever the cache says is the answer. */
const broken = async (): Promise<string> => (await redis.get('product:7')) ?? load()

const withOpossum = new CircuitBreaker(async () => redis.get('product:7'), { timeout: 50 }).fallback(() => null)
const cached = wrap(
  fallback(handleAll, null),
  circuitBreaker(handleAll, { halfOpenAfter: 60_000, breaker: new ConsecutiveBreaker(3) }),
  timeout(50, TimeoutStrategy.Aggressive),
)

test.each([
  ['opossum', async () => (await withOpossum.fire()) ?? load()],
  ['cockatiel', async () => (await cached.execute(async () => redis.get('product:7'))) ?? load()],
] as const)('with %s a cache that hangs is left out', async (_library, read) => {
  await using outage = await shop().outage('redis', { mode: 'hang' })
  const run = await outage.record(read)

  expect(run.outcomes).toMatchObject([{ status: 'fulfilled', value: 'lamp' }])
  expect(toFallBack(run, { to: 'postgres' }).pass).toBe(true)
  expect(toBeServedFrom(run, 'postgres').pass).toBe(true)
  expect(toExecuteStatements(run, 1).pass).toBe(true)
})

test('without a fallback the request fails with the cache', async () => {
  await using outage = await shop().outage('redis', { mode: 'loading' })
  const verdict = toFallBack(await outage.record(broken), { to: 'postgres' })

  expect(verdict.pass).toBe(false)
  expect(steady(verdict.message())).toMatchInlineSnapshot(`
    "1 participant of 1 failed with the store, expected that they fall back to postgres.
      outage of redis (loading): 1 request or connection struck
      in # ms: 0 statements, 1 command, # connections
      ✗ participant 1: rejected with Error: LOADING Redis is loading the dataset in memory, after # ms
      timeline:
      ✗ # ms redis # GET product:7 ✗ LOADING (answered by an outage) took # ms"
  `)
})

test('nor does it when the connection is reset', async () => {
  await using outage = await shop().outage('redis', { mode: 'reset' })
  expect(toFallBack(await outage.record(broken)).pass).toBe(false)
})

test('an answer of 503 is no fallback, one of 200 is, and where from is told', async () => {
  await using outage = await shop().outage('redis', { mode: 'readonly' })
  const write = async (): Promise<unknown> => redis.set('product:7', 'lamp').catch(() => undefined)
  const down = await outage.record(async () => ({ statusCode: (await write()) === undefined ? 503 : 200 }))
  const memory = await outage.record(async () => ({ statusCode: (await write()) === undefined ? 200 : 200 }))

  expect(toFallBack(down).pass).toBe(false)
  expect(toFallBack(memory, { to: 'memory' }).pass).toBe(true)
  expect(steady(toFallBack(memory, { to: 'postgres' }).message())).toMatchInlineSnapshot(`
    "Fell back to memory: neither store gave an answer, expected to postgres.
      outage of redis (readonly): 1 request or connection struck
      in # ms: 0 statements, 1 command, # connections
      timeline:
      # ms redis # SET product:7 ✗ READONLY (answered by an outage) took # ms"
  `)
  expect(steady(toFallBack(memory).message())).toMatchInlineSnapshot(`
    "1 participant fell back to memory: neither store gave an answer, expected not.
      outage of redis (readonly): 1 request or connection struck
      in # ms: 0 statements, 1 command, # connections
      timeline:
      # ms redis # SET product:7 ✗ READONLY (answered by an outage) took # ms"
  `)
})

test('where nothing met the outage, nothing fell back', async () => {
  await using outage = await shop().outage('redis', { mode: 'hang' })
  const run = await outage.record(load)
  expect(() => toFallBack(run, { to: 'postgres' })).toThrow(
    /toFallBack judges what an application does about an outage, and this one met none/,
  )
  expect(() => toFallBack(run, { from: 'redis' } as {})).toThrow(/met none/)
})

test('options that are none are refused', async () => {
  await using outage = await shop().outage('redis', { mode: 'loading' })
  const run = await outage.record(broken)
  expect(() => toFallBack(run, { from: 'redis' } as {})).toThrow(/toFallBack\(\) has no option 'from'/)
  expect(() => toFallBack(run, { to: 'disk' as 'memory' })).toThrow(/Option 'to' must be 'postgres', 'redis' or 'memory'/)
})
