import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { inspectKeyspace } from '../../../src/keyspace/inspect.js'
import { makeKeyspaceSnapshot, type KeyspaceSnapshot } from '../../../src/keyspace/keyspace-snapshot.js'
import { toHaveTtl } from '../../../src/matchers/cache/to-have-ttl.js'
import type { TtlBounds } from '../../../src/matchers/cache/ttl-bounds.js'
import { connectRedis, type RedisConnection } from '../../../src/servers/redis/client.js'
import { startRedisServer } from '../../../src/servers/redis/start.js'
import type { LocalRedisServer } from '../../../src/servers/server.js'
import { makePlace } from '../../servers/postgres/place.js'

let server: LocalRedisServer
let connection: RedisConnection

beforeAll(async () => {
  server = await startRedisServer({}, makePlace())
  connection = await connectRedis(server)
}, 30_000)
beforeEach(() => connection.reset())
afterAll(async () => {
  await connection?.close()
  await server?.stop()
})

const judge = (received: unknown, bounds?: TtlBounds) => toHaveTtl.call({ isNot: false }, received, bounds)
const judgeNot = (received: unknown, bounds?: TtlBounds) => toHaveTtl.call({ isNot: true }, received, bounds)

function snapshotOf(...ttls: readonly (number | 'persistent')[]): KeyspaceSnapshot {
  return makeKeyspaceSnapshot(
    'k:*',
    ttls.map((ttlMs, index) => ({ key: `k:${index}`, type: 'string', ttlMs, bytes: 1, length: undefined })),
    0,
  )
}

/** A life goes by while it is looked at. */
function mask(text: string): string {
  return text.replaceAll(/in [\d.]+ s/g, 'in n s')
}

test('a key just written with EX 60 has its 60 seconds, and no more', async () => {
  await connection.send(['SET', 'product:7', '{}', 'EX', 60])
  const keys = await inspectKeyspace(connection.send, 'product:*')
  expect(judge(keys).pass).toBe(true)
  expect(judge(keys, { min: 30, max: '1m' }).pass).toBe(true)
  expect(judge(keys, { min: 61 }).pass).toBe(false)
  expect(judge(keys, { max: 30 }).pass).toBe(false)
})

test('keys written without a TTL are named', async () => {
  await connection.send(['SET', 'product:7', '{}', 'EX', 60])
  await connection.send(['SET', 'product:123', '{}', 'EX', 60])
  await connection.send(['SET', 'product:123', '{"again":true}'])
  const verdict = judge(await inspectKeyspace(connection.send, 'product:*'), { max: '5m' })
  expect(verdict.pass).toBe(false)
  expect(verdict.message()).toBe(
    [
      "1 of 2 keys like 'product:*' has no TTL of at most 5 min.",
      '  ✗ product:123  persistent  (string)',
      '  A key is persistent when it was written without EX, PX or EXPIRE, or when a later SET without KEEPTTL took its TTL away.',
    ].join('\n'),
  )
})

test('of many offenders the first five are shown', async () => {
  for (let index = 0; index < 8; index++) await connection.send(['HSET', `cart:${index}`, 'a', 1])
  for (let index = 0; index < 8; index++) await connection.send(['EXPIRE', `cart:${index}`, 50])
  const verdict = judge(await inspectKeyspace(connection.send, 'cart:*'), { min: '10m', max: '1h' })
  expect(verdict.pass).toBe(false)
  expect(mask(verdict.message())).toBe(
    [
      "8 of 8 keys like 'cart:*' have no TTL between 10 min and 1 h.",
      ...[0, 1, 2, 3, 4].map((index) => `  ✗ cart:${index}  expires in n s  (hash)`),
      '  … and 3 more',
    ].join('\n'),
  )
})

test('with .not a single key that has the TTL fails', async () => {
  await connection.send(['SET', 'setting:a', '1', 'EX', 50])
  await connection.send(['SET', 'setting:b', '1'])
  const keys = await inspectKeyspace(connection.send, 'setting:*')
  const verdict = judgeNot(keys)
  expect(verdict.pass).toBe(true)
  expect(mask(verdict.message())).toBe("1 of 2 keys like 'setting:*' has a TTL, and none should.\n  ✗ setting:a  expires in n s  (string)")
  expect(judge(keys).pass).toBe(false)
  expect(judgeNot(await inspectKeyspace(connection.send, 'setting:b')).pass).toBe(false)
})

test('no key at all fails with and without .not', async () => {
  const none = await inspectKeyspace(connection.send, 'produkt:*')
  for (const verdict of [judge, judgeNot]) {
    expect(() => verdict(none)).toThrow(
      "No key matched 'produkt:*', so there is no TTL to judge. [ERR_HOTBED_EVIDENCE]\n  → See what is there: String(await redis.inspect('*'))",
    )
  }
})

test('a bound in whole seconds is met by a second that has begun, a finer one by nothing less', () => {
  expect(judge(snapshotOf(59_001), { min: 60 }).pass).toBe(true)
  expect(judge(snapshotOf(59_000), { min: 60 }).pass).toBe(false)
  expect(judge(snapshotOf(400), { min: '500ms' }).pass).toBe(false)
  expect(judge(snapshotOf(60_000), { max: 60 }).pass).toBe(true)
  expect(judge(snapshotOf(60_001), { max: 60 }).pass).toBe(false)
})

test.each<[unknown, string]>([
  [
    { min: 'soon' },
    `Option 'min' must be a number of seconds, or a text such as '250ms', '30s', '5m', '2h' or '1d', but is "soon". [ERR_HOTBED_OPTION]`,
  ],
  [{ min: 60, max: 30 }, "Option 'min' must be at most max (30 s), but is 60. [ERR_HOTBED_OPTION]"],
  [{ minimum: 60 }, "toHaveTtl() has no option 'minimum'. [ERR_HOTBED_OPTION]\n  → Known options: min, max."],
  [60, "Option 'bounds' must be { min, max }, such as { min: 30, max: '5m' }, but is 60. [ERR_HOTBED_OPTION]"],
])('the bounds %j are refused', (bounds, message) => {
  expect(() => judge(snapshotOf(1000), bounds as TtlBounds)).toThrow(message)
})

test('anything but a snapshot is refused with the verb that makes one', () => {
  expect(() => judge(['product:7'])).toThrow(
    "toHaveTtl judges the keys of a Redis, and was given an array of 1. [ERR_HOTBED_EVIDENCE]\n  → Get one by: const keys = await redis.inspect('product:*')",
  )
})
