import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { createMovedTime } from '../../src/clock/moved-time.js'
import { inspectKeyspace, type SendCommand } from '../../src/keyspace/inspect.js'
import { connectRedis, type RedisConnection } from '../../src/servers/redis/client.js'
import { startRedisServer } from '../../src/servers/redis/start.js'
import type { LocalRedisServer } from '../../src/servers/server.js'
import { makePlace } from '../servers/postgres/place.js'

let server: LocalRedisServer
let connection: RedisConnection

beforeAll(async () => {
  server = await startRedisServer({}, makePlace())
  connection = await connectRedis(server)
}, 30_000)
afterEach(() => connection.reset())
afterAll(async () => {
  await connection?.close()
  await server?.stop()
})

test('type, remaining life, memory and, when asked for, length of every key are read, sorted by name', async () => {
  const { send } = connection
  await send(['SET', 'product:2', 'abc', 'EX', 60])
  await send(['SET', 'product:10', 'abcdef'])
  await send(['HSET', 'product:1', 'a', 1, 'b', 2])
  await send(['RPUSH', 'product:list', 'a', 'b', 'c'])
  await send(['SADD', 'product:set', 'a'])
  await send(['ZADD', 'product:zset', 1, 'a'])
  await send(['XADD', 'product:stream', '*', 'a', 1])
  await send(['SET', 'other', 'x'])

  const snapshot = await inspectKeyspace(send, 'product:*', { lengths: true })

  expect(snapshot).toMatchObject({ kind: 'keyspace', pattern: 'product:*', totals: { keys: 7, persistent: 6 } })
  expect(snapshot.keys.map(({ key, type, length }) => [key, type, length])).toEqual([
    ['product:1', 'hash', 2],
    ['product:10', 'string', 6],
    ['product:2', 'string', 3],
    ['product:list', 'list', 3],
    ['product:set', 'set', 1],
    ['product:stream', 'stream', 1],
    ['product:zset', 'zset', 1],
  ])
  expect(snapshot.keys[2]?.ttlMs).toSatisfy((ttl: number) => ttl > 50_000 && ttl <= 60_000)
  expect(snapshot.totals.bytes).toBe(snapshot.keys.reduce((sum, { bytes }) => sum + Number(bytes), 0))
  expect(snapshot.keys[1]?.bytes).toBe(await send(['MEMORY', 'USAGE', 'product:10']))
})

test('every key of many is read once', async () => {
  const { send } = connection
  await Promise.all(Array.from({ length: 5000 }, (_, index) => send(['SET', `k:${index}`, 'v'])))
  const snapshot = await inspectKeyspace(send, 'k:*')
  expect(snapshot.keys).toHaveLength(5000)
  expect(new Set(snapshot.keys.map(({ key }) => key)).size).toBe(5000)
  expect(snapshot.keys[0]).toMatchObject({ key: 'k:0', length: undefined })
})

test('a key that goes between being found and being read is left out', async () => {
  const { send } = connection
  await send(['MSET', 'a', '1', 'b', '2'])
  const deleting: SendCommand = async (args) => {
    const reply = await send(args)
    if (args[0] === 'SCAN') await send(['DEL', 'a'])
    return reply
  }
  expect((await inspectKeyspace(deleting, '*')).keys.map(({ key }) => key)).toEqual(['b'])
})

test('no value is read, and keys do not become younger for eviction', async () => {
  const { send } = connection
  await send(['CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lfu'])
  await send(['SET', 'a', '1'])
  const before = await send(['OBJECT', 'FREQ', 'a'])
  for (let round = 0; round < 50; round++) await inspectKeyspace(send, '*')
  expect(await send(['OBJECT', 'FREQ', 'a'])).toBe(before)
  const info = String(await send(['INFO', 'commandstats']))
  expect(info).toContain('cmdstat_scan')
  expect(info).not.toMatch(/cmdstat_(keys|get|strlen)/)
})

test('a name that is no UTF-8 is read where the connection gives bytes, and refused where it does not', async () => {
  const { send } = connection
  await send(['SET', Buffer.from([0x61, 0xff]), '1'])
  await expect(inspectKeyspace(send, '*')).rejects.toThrow(
    'The name of a key is no UTF-8 and cannot be asked about: a\uFFFD [ERR_HOTBED_QUERY]\n  → Give a pattern that it does not match.',
  )
  const withBytes: SendCommand = async (args) => (args[0] === 'SCAN' ? ['0', [Buffer.from([0x61, 0xff])]] : send(args))
  expect((await inspectKeyspace(withBytes, '*')).keys).toMatchObject([{ key: 'a\\xff', type: 'string' }])
})

test('wrong input is refused before anything is sent', async () => {
  const never: SendCommand = () => Promise.reject(new Error('sent'))
  await expect(inspectKeyspace(never, '')).rejects.toThrow(
    `Option 'pattern' must be a glob such as 'product:*' ('*' for every key), but is "". [ERR_HOTBED_OPTION]`,
  )
  await expect(inspectKeyspace(never, '*', { length: true } as object)).rejects.toThrow(
    "inspect() has no option 'length'. [ERR_HOTBED_OPTION]\n  → Did you mean 'lengths'?",
  )
})

test('an error of the server is passed on', async () => {
  await server.stop()
  await expect(inspectKeyspace(connection.send, '*')).rejects.toMatchObject({ code: 'ERR_HOTBED_REDIS_EXITED' })
  await connection.close()
  server = await startRedisServer({}, makePlace())
  connection = await connectRedis(server)
})

test('the moment of a snapshot and the ends of its keys are by one clock, also while the time of the process is moved', async () => {
  await connection.send(['SET', 'product:1', 'a', 'EX', 60])
  const time = createMovedTime()
  time.set({ date: 3_600_000, monotonic: 3_600_000 })

  const { keys, takenAtMs } = await inspectKeyspace(connection.send, 'product:*').finally(() => time.remove())

  expect((keys[0]?.expiresAtMs ?? NaN) - takenAtMs).toBeGreaterThan(30_000)
})
