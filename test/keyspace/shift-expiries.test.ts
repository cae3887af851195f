import { createClient } from 'redis'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { SendCommand } from '../../src/keyspace/inspect.js'
import { shiftExpiries } from '../../src/keyspace/shift-expiries.js'
import { connectRedis, type RedisConnection } from '../../src/servers/redis/client.js'
import { startRedisServer } from '../../src/servers/redis/start.js'
import type { LocalRedisServer } from '../../src/servers/server.js'
import { makePlace } from '../servers/postgres/place.js'

const HOUR = 3_600_000

let server: LocalRedisServer
let connection: RedisConnection
let send: SendCommand

beforeAll(async () => {
  server = await startRedisServer({}, makePlace())
  connection = await connectRedis(server)
  send = connection.send
}, 30_000)
afterEach(() => connection.reset())
afterAll(async () => {
  await connection?.close()
  await server?.stop()
})

const deadlineOf = async (key: string): Promise<number> => Number(await send(['PEXPIRETIME', key]))

test('what is over is gone, what outlives the jump keeps its life to the millisecond, what has no TTL stays', async () => {
  await send(['SET', 'short', '1', 'EX', 60])
  await send(['SET', 'exactly', '1', 'PX', HOUR])
  await send(['SET', 'long', '1', 'EX', 7200])
  await send(['HSET', 'hash', 'a', 1])
  await send(['EXPIRE', 'hash', 90_000])
  await send(['SET', 'setting', '1'])
  const before = await deadlineOf('long')

  const shifted = await shiftExpiries(send, HOUR, true)

  expect(await send(['MGET', 'short', 'exactly', 'long', 'setting'])).toEqual([null, null, '1', '1'])
  expect(await deadlineOf('long')).toBe(before - HOUR)
  expect(await send(['PTTL', 'setting'])).toBe(-1)
  expect({ ...shifted, expired: { ...shifted.expired, first: shifted.expired.first.toSorted() } }).toEqual({
    expired: { count: 2, first: ['exactly', 'short'] },
    moved: 2,
    persistent: { count: 1, first: ['setting'] },
    fields: { expired: 0, moved: 0 },
  })
})

test('a jump that is a millisecond short leaves a key there', async () => {
  await send(['SET', 'a', '1', 'PXAT', Date.now() + HOUR])
  // Less than it has left, whatever time went by since.
  const { moved, expired } = await shiftExpiries(send, Number(await send(['PTTL', 'a'])) - 5_000, true)
  expect([moved, expired.count, await send(['EXISTS', 'a'])]).toEqual([1, 0, 1])
  expect((await shiftExpiries(send, 5_000, true)).expired).toEqual({ count: 1, first: ['a'] })
  expect(await send(['EXISTS', 'a'])).toBe(0)
})

test('all databases move, and their keys are named with them', async () => {
  const client = createClient({ url: server.url, database: 3 })
  await client.connect()
  await client.set('cart:1', '1', { EX: 60 })
  await send(['SET', 'cart:1', '1', 'EX', 7200])

  const { expired, moved } = await shiftExpiries(send, HOUR, true)

  expect(expired).toEqual({ count: 1, first: ['db3 cart:1'] })
  expect(moved).toBe(1)
  expect(await client.get('cart:1')).toBe(null)
  expect(await send(['GET', 'cart:1'])).toBe('1')
  await client.close()
})

test('keys expire with an event of that name, before it settles', async () => {
  await send(['CONFIG', 'SET', 'notify-keyspace-events', 'Ex'])
  const client = createClient({ url: server.url })
  await client.connect()
  const events: string[] = []
  await client.subscribe('__keyevent@0__:expired', (key) => void events.push(key))
  for (const key of ['a', 'b', 'c']) await send(['SET', key, '1', 'EX', 60])

  await shiftExpiries(send, HOUR, true)
  // A subscriber has what was published before the answer to its own PING.
  await client.ping()

  expect(events.toSorted()).toEqual(['a', 'b', 'c'])
  await client.close()
})

test('what is read right after it is never the old value', async () => {
  for (let round = 0; round < 200; round += 1) {
    await send(['SET', 'a', '1', 'EX', 60])
    await shiftExpiries(send, HOUR, true)
    expect(await send(['GET', 'a'])).toBe(null)
  }
})

test('of many only the first are named, and each is moved once', async () => {
  await send(['EVAL', "for i = 1, 5000 do redis.call('SET', 'k:' .. i, '1', 'PX', i % 2 == 0 and 60000 or 7200000) end", 0])
  const { expired, moved } = await shiftExpiries(send, HOUR, true)
  expect([expired.count, expired.first.length, moved]).toEqual([2500, 20, 2500])
  expect(Number(await send(['PTTL', 'k:1']))).toBeGreaterThan(HOUR - 60_000)
})

test('a server without PEXPIRETIME is moved by PTTL', async () => {
  await send(['SET', 'short', '1', 'EX', 60])
  await send(['SET', 'long', '1', 'EX', 7200])
  const before = await deadlineOf('long')

  const { expired, moved } = await shiftExpiries(send, HOUR, false)

  expect([expired.first, moved, await send(['GET', 'short'])]).toEqual([['short'], 1, null])
  // Time goes on between its reading and its writing, on a busy machine for longer.
  const late = (await deadlineOf('long')) - (before - HOUR)
  expect([late >= 0, late < 5_000]).toEqual([true, true])
})

test('an empty server has nothing to move', async () => {
  expect(await shiftExpiries(send, HOUR, true)).toEqual({
    expired: { count: 0, first: [] },
    moved: 0,
    persistent: { count: 0, first: [] },
    fields: { expired: 0, moved: 0 },
  })
})

test('the refusal of the server is passed on', async () => {
  await expect(shiftExpiries((args) => send(args[0] === 'EVAL' ? ['NOSUCH'] : args), HOUR, true)).rejects.toMatchObject({
    code: 'ERR_HOTBED_QUERY',
  })
})
