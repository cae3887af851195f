import { Redis as IoRedis } from 'ioredis'
import pg from 'pg'
import { expect, test } from 'vitest'
import type { OutageRun } from '../../../src/index.js'
import { toFailClosed } from '../../../src/matchers/faults/to-fail-closed.js'
import { steady, useShop } from './with-suite.js'

const shop = useShop()

/** Books under a lock in Redis; `carryOn` when the lock cannot be asked for. */
async function book(redis: IoRedis, pool: pg.Pool, carryOn: boolean): Promise<void> {
  const got = await redis.set('lock:7', '1', 'PX', 1_000, 'NX').catch((error: Error) => {
    if (!carryOn) throw error
    return 'OK'
  })
  if (got === 'OK') await pool.query('INSERT INTO orders (product) VALUES (7)')
}

async function bookWithoutLock(carryOn: boolean): Promise<OutageRun> {
  const redis = new IoRedis(shop().redis.port, '127.0.0.1')
  const pool = new pg.Pool({ connectionString: shop().postgres.url })
  await redis.ping()
  await using outage = await shop().outage('redis', { mode: 'oom', for: { redis: 'SET', key: 'lock:*' } })
  const run = await outage.record(() => book(redis, pool, carryOn))
  redis.disconnect()
  await pool.end()
  return run
}

test('a lock that is taken for granted when Redis is down guards nothing', async () => {
  const verdict = toFailClosed(await bookWithoutLock(true))

  expect(verdict.pass).toBe(false)
  expect(steady(verdict.message())).toMatchInlineSnapshot(`
    "0 of 1 participant refused, expected all: the guard does not fail closed.
      outage of redis (oom): 1 request or connection struck
      in # ms: 1 statement, 1 command, # connections
      1 accepted, 0 refused, 0 unsettled; 1 committed in postgres
      ✗ participant 1: fulfilled with undefined, after # ms
      timeline:
      # ms redis # SET lock:7 ✗ OOM (answered by an outage) took # ms
      ✗ # ms pg # INSERT INTO orders (product) VALUES (7) → 1 row took # ms"
  `)
})

test('a lock that cannot be had stops the booking', async () => {
  expect(toFailClosed(await bookWithoutLock(false)).pass).toBe(true)
})

test('who was never seen by the tap has not shown that nothing was written', async () => {
  const redis = new IoRedis(shop().redis.port, '127.0.0.1')
  await using outage = await shop().outage('redis', { mode: 'loading' })
  const run = await outage.record(() => redis.get('a'))
  redis.disconnect()
  const unseen = { ...Object.getOwnPropertyDescriptors(run), connections: { value: { ...run.connections, seen: 0 }, enumerable: true } }
  expect(() => toFailClosed(Object.defineProperties({}, unseen))).toThrow(/no connection of the application has come through the tap/)
})
