import Redis from 'ioredis'
import pg from 'pg'
import { RateLimiterRedis } from 'rate-limiter-flexible'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { toFailClosed } from '../../../src/matchers/faults/to-fail-closed.js'
import { toFailOpen } from '../../../src/matchers/faults/to-fail-open.js'
import { steady, useShop } from './with-suite.js'

const shop = useShop()
let redis: Redis.Redis
let pool: pg.Pool
beforeAll(async () => {
  redis = new Redis.Redis(shop().redis.port, '127.0.0.1', { maxRetriesPerRequest: 0 })
  redis.on('error', () => {})
  await redis.ping()
  // It is looked at with each command; that it connects may take longer.
  redis.options.commandTimeout = 300
  pool = new pg.Pool({ connectionString: shop().postgres.url })
})
afterAll(async () => {
  redis.disconnect()
  await pool.end()
})

interface Answer {
  readonly statusCode: number
}

const order = async (): Promise<Answer> => {
  await pool.query('INSERT INTO orders (product) VALUES ($1)', [7])
  return { statusCode: 201 }
}

/** What the limiter says, and what is done when it says nothing. */
const guarded = (whenOut: () => Promise<Answer>) => async (): Promise<Answer> => {
  const limiter = new RateLimiterRedis({ storeClient: redis, points: 5, duration: 60, keyPrefix: 'orders' })
  try {
    await limiter.consume('user:1')
  } catch (error) {
    return error instanceof Error ? whenOut() : { statusCode: 429 }
  }
  return order()
}
const open = guarded(order)
const closed = guarded(async () => ({ statusCode: 503 }))
const throwing = guarded(async () => {
  throw new Error('no limiter')
})

test('a limiter that lets through without its store fails open, and not closed', async () => {
  await using outage = await shop().outage('redis', { mode: 'readonly' })
  const run = await outage.record(open, { participants: 2 })

  expect(toFailOpen(run).pass).toBe(true)
  expect(toFailClosed(run).pass).toBe(false)
  expect(steady(toFailOpen(run).message())).toMatchInlineSnapshot(`
    "All of 2 participants let through without the guard, expected that it does not fail open.
      outage of redis (readonly): 2 requests and connections struck
      in # ms: 2 statements, 2 commands, # connections
      2 accepted, 0 refused, 0 unsettled; 2 committed in postgres
      ✗ participant 1: fulfilled with {"statusCode":201}, after # ms
      ✗ participant 2: fulfilled with {"statusCode":201}, after # ms"
  `)
  expect(steady(toFailClosed(run).message())).toMatchInlineSnapshot(`
    "0 of 2 participants refused, expected all: the guard does not fail closed.
      outage of redis (readonly): 2 requests and connections struck
      in # ms: 2 statements, 2 commands, # connections
      2 accepted, 0 refused, 0 unsettled; 2 committed in postgres
      ✗ participant 1: fulfilled with {"statusCode":201}, after # ms
      ✗ participant 2: fulfilled with {"statusCode":201}, after # ms
      timeline:
      # ms redis # EVAL orders:user:1 ✗ READONLY (answered by an outage) took # ms
      # ms redis # EVAL orders:user:1 ✗ READONLY (answered by an outage) took # ms
      ✗ # ms pg # INSERT INTO orders (product) VALUES ($1) → 1 row took # ms
      # ms pg # INSERT INTO orders (product) VALUES ($1) → 1 row took # ms"
  `)
})

test('a limiter that answers 503 without its store fails closed, and not open', async () => {
  await using outage = await shop().outage('redis', { mode: 'hang' })
  const run = await outage.record(closed)

  expect([toFailClosed(run).pass, toFailOpen(run).pass]).toEqual([true, false])
  expect(steady(toFailOpen(run).message())).toMatchInlineSnapshot(`
    "0 of 1 participant let through, expected all: the guard does not fail open.
      outage of redis (hang): 1 request or connection struck
      in # ms: 0 statements, 1 command, # connections
      0 accepted, 1 refused, 0 unsettled; 0 committed in postgres
      ✗ participant 1: fulfilled with {"statusCode":503}, after # ms"
  `)
  expect(steady(toFailClosed(run).message())).toMatchInlineSnapshot(`
    "All of 1 participant refused and nothing committed, expected that the guard does not fail closed.
      outage of redis (hang): 1 request or connection struck
      in # ms: 0 statements, 1 command, # connections
      0 accepted, 1 refused, 0 unsettled; 0 committed in postgres
      ✗ participant 1: fulfilled with {"statusCode":503}, after # ms"
  `)
})

test('one that throws fails closed, too', async () => {
  await using outage = await shop().outage('redis', { mode: 'hang' })
  const run = await outage.record(throwing)
  expect([toFailClosed(run).pass, toFailOpen(run).pass]).toEqual([true, false])
})

test('who refuses, and has written before, does not fail closed', async () => {
  const late = async (): Promise<Answer> => {
    await order()
    return closed()
  }
  await using outage = await shop().outage('redis', { mode: 'loading' })
  const run = await outage.record(late)
  const verdict = toFailClosed(run)

  expect(verdict.pass).toBe(false)
  expect(steady(verdict.message())).toMatchInlineSnapshot(`
    "All were refused, and 1 write committed all the same: the guard does not fail closed.
      outage of redis (loading): 1 request or connection struck
      in # ms: 1 statement, 1 command, # connections
      0 accepted, 1 refused, 0 unsettled; 1 committed in postgres
      timeline:
      ✗ # ms pg # INSERT INTO orders (product) VALUES ($1) → 1 row took # ms
      # ms redis # EVAL orders:user:1 ✗ LOADING (answered by an outage) took # ms"
  `)
})

test('who hangs is neither let through nor refused', async () => {
  const patient = new Redis.Redis(shop().redis.port, '127.0.0.1')
  await patient.ping()
  await using outage = await shop().outage('redis', { mode: 'hang' })
  const run = await outage.record(() => patient.incr('lock:7'), { deadlineMs: 100 })
  patient.disconnect()

  expect([toFailOpen(run).pass, toFailClosed(run).pass]).toEqual([false, false])
  expect(toFailClosed(run).message()).toMatch(/0 of 1 participant refused[^]*still waiting on the wire:[^]*INCR lock:7/)
})

test('without an outage that struck nothing is judged', async () => {
  await using outage = await shop().outage('redis', { mode: 'oom' })
  const run = await outage.record(order)
  expect(() => toFailOpen(run)).toThrow(/toFailOpen judges what an application does about an outage, and this one met none/)
  expect(() => toFailClosed(run)).toThrow(/toFailClosed judges/)
})
