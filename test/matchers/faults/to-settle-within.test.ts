import { Redis as IoRedis } from 'ioredis'
import pg from 'pg'
import { createClient } from 'redis'
import { expect, test } from 'vitest'
import { toSettleWithin } from '../../../src/matchers/faults/to-settle-within.js'
import { steady, useShop } from './with-suite.js'

const shop = useShop()

test('a client without a time-out hangs with its server, and is named with what it asked', async () => {
  const io = new IoRedis(shop().redis.port, '127.0.0.1')
  await io.ping()
  await using outage = await shop().outage('redis', { mode: 'hang' })
  const run = await outage.record(() => io.get('product:7'), { deadlineMs: 300 })
  const verdict = toSettleWithin(run, 200)
  io.disconnect()

  expect(verdict.pass).toBe(false)
  expect(steady(verdict.message())).toMatchInlineSnapshot(`
    "1 participant of 1 did not settle within # ms.
      outage of redis (hang): 1 request or connection struck
      in # ms: 0 statements, 1 command, # connections
      ✗ participant 1: unsettled: it had not ended at the deadline
      still waiting on the wire:
      # ms redis # GET product:7 → no reply (held by an outage)
      Limit the wait for the reply: ioredis has commandTimeout, node-redis socket.socketTimeout (its commandOptions.timeout ends when the command is sent)."
  `)
})

test('one with a time-out settles within its budget', async () => {
  const io = new IoRedis(shop().redis.port, '127.0.0.1')
  await io.ping()
  // It is looked at with each command; that it connects may take longer.
  io.options.commandTimeout = 50
  await using outage = await shop().outage('redis', { mode: 'hang' })
  const run = await outage.record(() => io.get('product:7'), { participants: 2, deadlineMs: 5_000 })
  const verdict = toSettleWithin(run, 4_000)
  io.disconnect()

  expect(run.outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  expect(verdict.pass).toBe(true)
  expect(steady(verdict.message())).toMatchInlineSnapshot(`
    "All of 2 participants settled within # ms, the last after # ms, expected that not.
      outage of redis (hang): 1 request or connection struck
      in # ms: 0 statements, 1 command, # connections
      ✗ participant 1: rejected with Error: Command timed out, after # ms
      ✗ participant 2: rejected with Error: Command timed out, after # ms"
  `)
})

test('the time-out of node-redis ends when the command is sent: only that of its socket keeps a budget', async () => {
  const kept = createClient({ url: shop().redis.url, socket: { socketTimeout: 1_000, reconnectStrategy: false } })
  const sent = createClient({ url: shop().redis.url, commandOptions: { timeout: 50 } })
  for (const client of [kept, sent]) client.on('error', () => {})
  await kept.connect()
  await using outage = await shop().outage('redis', { mode: 'hang', for: 'GET product:*' })
  const repaired = await outage.record(() => kept.get('product:7'))
  await sent.connect()
  const broken = await outage.record(() => sent.get('product:7'), { deadlineMs: 300 })
  sent.destroy()

  expect([repaired, broken].map(({ outcomes }) => outcomes[0]?.status)).toEqual(['rejected', 'unsettled'])
  expect(toSettleWithin(repaired, 4_500).pass).toBe(true)
  expect(toSettleWithin(broken, 200).pass).toBe(false)
})

test('a pool that cannot connect waits for the connection, and that is named', async () => {
  const pool = new pg.Pool({ connectionString: shop().postgres.url })
  pool.on('error', () => {})
  await using outage = await shop().outage('postgres', { mode: 'hang' })
  let asked: Promise<unknown> = Promise.resolve()
  const run = await outage.record(() => (asked = pool.query('SELECT 1')), { deadlineMs: 300 })
  const verdict = toSettleWithin(run, 200)
  await outage.end()
  await asked
  await pool.end()

  expect(steady(verdict.message())).toMatchInlineSnapshot(`
    "1 participant of 1 did not settle within # ms.
      outage of postgres (hang): 1 request or connection struck
      in # ms: 0 statements, 0 commands, # connections
      ✗ participant 1: unsettled: it had not ended at the deadline
      still waiting on the wire:
      connection # to postgres, which was never let in
      Limit both the connection and the statement: pg has connectionTimeoutMillis (also for the wait in the pool) and query_timeout."
  `)
})

test('who waits in the queue of its client waits for nothing on the wire', async () => {
  const io = new IoRedis(shop().redis.port, '127.0.0.1', { maxRetriesPerRequest: null })
  io.on('error', () => {})
  await io.ping()
  await using outage = await shop().outage('redis', { mode: 'refuse' })
  const run = await outage.record(() => io.get('product:7'), { deadlineMs: 300 })
  const verdict = toSettleWithin(run, 200)
  await outage.end()
  io.disconnect()

  expect(steady(verdict.message())).toContain(
    '  Nothing waits on the wire: they wait within the application, for its pool, the queue of its client, or a timer.',
  )
})

test('evidence that proves nothing is refused', async () => {
  await using outage = await shop().outage('redis', { mode: 'hang' })
  const nothing = await outage.record(() => 'from memory')
  expect(() => toSettleWithin(nothing, 100)).toThrow(/this one met none: outage of redis \(hang\): no request or connection struck/)

  const io = new IoRedis(shop().redis.port, '127.0.0.1')
  const short = await outage.record(() => io.get('a'), { deadlineMs: 100 })
  io.disconnect()
  expect(() => toSettleWithin(short, 1_000)).toThrow(/those left were given 100 ms[^]*deadlineMs: 1500/)
  expect(() => toSettleWithin(short, 0)).toThrow(/Option 'ms' must be milliseconds above 0/)
  const recording = await shop().record(() => 1)
  expect(() => toSettleWithin(recording, 100)).toThrow(/judges what an application does in an outage, and was given a recording/)
})
