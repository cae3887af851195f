import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { toBeServedFrom, type ServingLayer } from '../../../src/matchers/cache/to-be-served-from.js'
import { record, redis as command } from '../../wire/recording/traffic.js'
import { mask, readPrice } from './cache-aside.js'
import { openShop, type Shop } from '../on-both.js'

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})
beforeEach(() => shop.suite.redis.send('FLUSHALL'))
afterAll(() => shop[Symbol.asyncDispose]())

const layersOf = (run: unknown, among: readonly ServingLayer[] = ['memory', 'redis', 'postgres']) =>
  among.filter((layer) => toBeServedFrom(run, layer).pass)

describe('an application with a cache of its own before Redis before Postgres', () => {
  const memory = new Map<number, string | undefined>()
  const read = async (id: number): Promise<{ statusCode: number; body: string | undefined }> => {
    if (!memory.has(id)) memory.set(id, await readPrice(shop, id))
    return { statusCode: 200, body: memory.get(id) }
  }

  test('is served from exactly one layer', async () => {
    const { suite } = shop
    const first = await suite.record(() => read(7))
    const second = await suite.record(() => read(7))
    memory.clear()
    const third = await suite.record(() => read(7))
    expect([first, second, third].map((run) => layersOf(run, ['http', 'memory', 'redis', 'postgres']))).toEqual([
      ['postgres'],
      ['memory'],
      ['redis'],
    ])
    expect(mask(toBeServedFrom(first, 'redis').message())).toMatchInlineSnapshot(`
      "Served from postgres: 1 statement, 1 miss in Redis, expected from redis.
        in n ms: 1 statement, 2 commands, 3 connections
        timeline:
          n ms  redis  #n  GET product:7  → nil  took n ms
          ✗ n ms  pg  #n  SELECT price FROM products WHERE id = $1  → 1 row  took n ms
          n ms  redis  #n  SET product:7  → OK  took n ms"
    `)
    expect(mask(toBeServedFrom(third, 'memory').message())).toMatchInlineSnapshot(`
      "Served from redis: 1 command with a hit, no SQL, expected from memory.
        in n ms: 0 statements, 1 command, 3 connections
        timeline:
          ✗ n ms  redis  #n  GET product:7  → "100"  took n ms"
    `)
    expect(mask(toBeServedFrom(second, 'postgres').message())).toMatchInlineSnapshot(`
      "Served from memory: neither store was asked, expected from postgres.
        in n ms: 0 statements, 0 commands, 3 connections
        answered 200"
    `)
    expect(mask(toBeServedFrom(second, 'memory').message())).toMatch(
      /^Served from memory: neither store was asked, expected not from memory\./,
    )
  })
})

test('a 304 is served from http where it reached no store, and from the store that it reached where it did', async () => {
  const { suite } = shop
  const answers = await suite.record(() => [{ status: 304 }, { statusCode: 304 }])
  expect(layersOf(answers, ['http', 'memory'])).toEqual(['http'])
  const asked = await suite.record(async () => {
    await readPrice(shop, 7)
    return { statusCode: 304 }
  })
  expect(layersOf(asked, ['http', 'memory', 'redis', 'postgres'])).toEqual(['postgres'])
  expect(mask(toBeServedFrom(asked, 'http').message()).split('\n')[0]).toBe(
    'Served from postgres: 1 statement, 1 miss in Redis, expected from http.',
  )
  const some = await suite.record(() => [{ status: 304 }, { status: 200 }])
  expect(toBeServedFrom(some, 'http').pass).toBe(false)
  const none = await suite.record(() => 'text')
  expect(() => toBeServedFrom(none, 'http')).toThrowErrorMatchingInlineSnapshot(`
    [HotbedError: toBeServedFrom('http') reads the status of the answer, and the recorded function gave back none. [ERR_HOTBED_EVIDENCE]
      → Give the answer back: suite.record(() => app.inject({ url, headers: { 'if-none-match': etag } }))]
  `)
})

test('PING, BEGIN and COMMIT serve nothing', async () => {
  const { suite, redis, pool } = shop
  expect(layersOf(await suite.record(() => redis.ping()))).toEqual(['memory'])
  const empty = await suite.record(async () => {
    const client = await pool.connect()
    await client.query('BEGIN')
    await client.query('COMMIT')
    client.release()
  })
  expect(layersOf(empty)).toEqual([])
  expect(mask(toBeServedFrom(empty, 'postgres').message()).split('\n')[0]).toBe(
    'Served from no layer: 2 statements, none of which brought data, expected from postgres.',
  )
})

test('misses alone serve nothing, and a script may have', async () => {
  const { suite, redis } = shop
  const missed = await suite.record(() => redis.get('product:1'))
  expect(layersOf(missed)).toEqual([])
  expect(mask(toBeServedFrom(missed, 'redis').message()).split('\n')[0]).toBe(
    'Served from no layer: 1 command without a hit, 1 with a miss, no SQL, expected from redis.',
  )
  const script = await suite.record(() => redis.eval("return 'x'", { keys: ['product:1'] }))
  for (const layer of ['memory', 'redis'] as const)
    expect(() => toBeServedFrom(script, layer)).toThrow(/only scripts were asked: whether they found anything is not seen/)
})

test('an answer that failed was not served, and a layer that does not exist is refused', async () => {
  const { suite } = shop
  const failed = await suite.record(() => ({ statusCode: 503 }))
  expect(() => toBeServedFrom(failed, 'memory')).toThrow(/the application answered 503: nothing was served/)
  expect(() => toBeServedFrom(failed, 'disk' as ServingLayer)).toThrow(
    "Option 'layer' must be 'http', 'memory', 'redis' or 'postgres', but is \"disk\".",
  )
})

test('memory is no verdict while the application was never seen', () => {
  const unseen = record([], { connections: [], connectionsSeen: 0 })
  expect(() => toBeServedFrom(unseen, 'memory')).toThrow('toBeServedFrom found nothing, and nothing could be found')
  expect(() => toBeServedFrom(record([command('GET a', '$-1\r\n')], { isOverlapping: true }), 'memory')).toThrow(/overlaps/)
})
