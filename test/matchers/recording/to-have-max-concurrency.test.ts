import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { hold } from '../../../src/index.js'
import { toHaveMaxConcurrency } from '../../../src/matchers/recording/to-have-max-concurrency.js'
import type { Match } from '../../../src/wire/match.js'
import { record as recordOf, redis as command, result, sql } from '../../wire/recording/traffic.js'
import { mask, openShop, type Shop } from '../on-both.js'

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})
beforeEach(() => shop.suite.redis.send('FLUSHDB'))
afterAll(() => shop[Symbol.asyncDispose]())

const read = (id: number) => shop.pool.query('SELECT * FROM products WHERE id = $1', [id])

describe('of exchanges', () => {
  test('loads at the same time are counted, also when they are pipelined', async () => {
    const { suite } = shop
    await using gate = await suite.intercept('SELECT * FROM products', hold({ parties: 3 }))
    const run = await suite.record(() => Promise.all([read(7), read(7), read(7)]))
    await gate.remove()
    const verdict = toHaveMaxConcurrency(run, 'SELECT * FROM products', 1)
    expect(verdict.pass).toBe(false)
    expect(mask(verdict.message())).toMatchInlineSnapshot(`
      "At their peak 3 exchanges like SELECT * FROM products went on at the same time, expected at most 1.
        in n ms: 3 statements, 0 commands, 5 connections
        3 in all; at n ms these had no answer yet:
        ✗ n ms  pg  #n  SELECT * FROM products WHERE id = $1  → 1 row (held n ms)  took n ms
        ✗ n ms  pg  #n  SELECT * FROM products WHERE id = $1  → 1 row (held n ms)  took n ms
        ✗ n ms  pg  #n  SELECT * FROM products WHERE id = $1  → 1 row (held n ms)  took n ms
        timeline:
        ✗ n ms  pg  #n  SELECT * FROM products WHERE id = $1  → 1 row (held n ms)  took n ms
        ✗ n ms  pg  #n  SELECT * FROM products WHERE id = $1  → 1 row (held n ms)  took n ms
        ✗ n ms  pg  #n  SELECT * FROM products WHERE id = $1  → 1 row (held n ms)  took n ms"
    `)
    expect(toHaveMaxConcurrency(run, 'SELECT * FROM products', 3).pass).toBe(true)
    const piped = await suite.record(() => Promise.all([shop.redis.get('a'), shop.redis.get('b')]))
    expect(toHaveMaxConcurrency(piped, 'GET', 1).pass).toBe(false)
  })

  test('one after the other are never two', async () => {
    const run = await shop.suite.record(async () => {
      for (let round = 0; round < 5; round += 1) await read(round)
    })
    expect(toHaveMaxConcurrency(run, 'SELECT * FROM products', 1).pass).toBe(true)
    expect(toHaveMaxConcurrency(run, 'SELECT * FROM products', 1).message()).toMatch(
      /^At their peak 1 exchanges like SELECT \* FROM products went on at the same time, expected more than 1\./,
    )
  })

  test('what was never answered goes on to the end', () => {
    const run = recordOf([sql('SELECT 1', { end: undefined, start: 1 }), sql('SELECT 2', { start: 5, end: 6 })])
    expect(toHaveMaxConcurrency(run, 'SELECT', 1).pass).toBe(false)
  })

  test('nothing that matches proves nothing', async () => {
    const run = await shop.suite.record(() => read(1))
    expect(() => toHaveMaxConcurrency(run, 'SELECT * FROM product', 1)).toThrow(
      /^The recording has no exchanges like SELECT \* FROM product, so nothing could be concurrent\.\n {2}in [\s\S]* Nothing matched SELECT \* FROM product\. Nearest seen:\n {4}select \* from products where id = \? \[ERR_HOTBED_EVIDENCE\]/,
    )
    expect(() => toHaveMaxConcurrency(recordOf([], { connectionsSeen: 0 }), 'SELECT', 1)).toThrow('no connection of the application')
  })
})

describe('of critical sections', () => {
  const lock = { acquire: 'SET lock:*', release: { redis: 'EVAL', key: 'lock:*' } }
  const RELEASE = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0"
  const enter = (key: string, token: string) => shop.redis.set(key, token, { NX: true, PX: 60_000 })
  const leave = (key: string, token: string) => shop.redis.eval(RELEASE, { keys: [key], arguments: [token] })

  test('a lock that holds lets one in at a time, whoever else tries; another key is another lock', async () => {
    const run = await shop.suite.record(async () => {
      await enter('lock:1', 'token-a')
      expect(await enter('lock:1', 'token-b')).toBeNull()
      await enter('lock:2', 'token-c')
      await leave('lock:1', 'token-a')
      await enter('lock:1', 'token-b')
      await leave('lock:1', 'token-b')
      await leave('lock:2', 'token-c')
    })
    expect(toHaveMaxConcurrency(run, lock, 1).pass).toBe(true)
  })

  test('a lease that ends too early lets a second in: the release of the first is not that of the second', async () => {
    const { suite } = shop
    const run = await suite.record(async () => {
      await enter('lock:1', 'token-a')
      await suite.redis.send('DEL', 'lock:1')
      await enter('lock:1', 'token-b')
      await shop.pool.query('SELECT 1')
      await leave('lock:1', 'token-a')
      await leave('lock:1', 'token-b')
    })
    const verdict = toHaveMaxConcurrency(run, lock, 1)
    expect(verdict.pass).toBe(false)
    expect(mask(verdict.message())).toMatchInlineSnapshot(`
      "At their peak 2 critical sections of lock:1 went on at the same time, expected at most 1.
        in n ms: 1 statement, 4 commands, 5 connections
        2 in all; at n ms these held the lock:
        ✗ n ms  redis  #n  SET lock:1  → OK  took n ms
        ✗ n ms  redis  #n  SET lock:1  → OK  took n ms
        timeline:
        ✗ n ms  redis  #n  SET lock:1  → OK  took n ms
        ✗ n ms  redis  #n  SET lock:1  → OK  took n ms
          n ms  pg  #n  SELECT 1  → 1 row  took n ms
          n ms  redis  #n  EVAL lock:1  → 0  took n ms
          n ms  redis  #n  EVAL lock:1  → 1  took n ms"
    `)
  })

  test('a lock of Postgres belongs to its connection', async () => {
    const { suite, pool } = shop
    const work = async (): Promise<void> => {
      const client = await pool.connect()
      await client.query('SELECT pg_advisory_lock(7)')
      await client.query('UPDATE products SET price = price + 1 WHERE id = 7')
      await client.query('SELECT pg_advisory_unlock(7)')
      client.release()
    }
    const section = { acquire: 'SELECT pg_advisory_lock', release: 'SELECT pg_advisory_unlock' }
    const run = await suite.record(() => Promise.all([work(), work(), work()]))
    expect(toHaveMaxConcurrency(run, section, 1).pass).toBe(true)
    expect(toHaveMaxConcurrency(run, { ...section, release: 'DELETE' }, 2).pass).toBe(false)
    expect(() => toHaveMaxConcurrency(run, { ...section, acquire: 'LOCK' }, 2)).toThrow('The recording has no lock taken by LOCK')
  })

  test('without a token it is the section of the connection, else the oldest', () => {
    const take = (connection: number) => command('SETNX lock:1 1', ':1\r\n', { connection })
    const give = (connection: number) => command('DEL lock:1', ':1\r\n', { connection })
    const section = { acquire: 'SETNX lock:*', release: 'DEL lock:*' }
    expect(toHaveMaxConcurrency(recordOf([take(2), give(2), take(3), give(3)]), section, 1).pass).toBe(true)
    expect(toHaveMaxConcurrency(recordOf([take(2), give(9), take(3)]), section, 1).pass).toBe(true)
    expect(toHaveMaxConcurrency(recordOf([take(2), take(3), give(3), take(4)]), section, 2).pass).toBe(true)
    expect(toHaveMaxConcurrency(recordOf([take(2), take(3), give(3), take(4)]), section, 1).pass).toBe(false)
    const failed = command('SETNX lock:1 1', ':0\r\n', { connection: 5 })
    expect(toHaveMaxConcurrency(recordOf([take(2), failed]), section, 1).pass).toBe(true)
    expect(toHaveMaxConcurrency(recordOf([sql('SELECT 1', { results: [result('SELECT 1')] }), take(2)]), section, 1).pass).toBe(true)
  })
})

test.each<[unknown, unknown, string]>([
  ['GET', 0, "Option 'most' must be a whole number from 1 on, but is 0."],
  ['GET', undefined, "Option 'most' must be a whole number from 1 on, but is undefined."],
  [{ acquire: 'GET' }, 1, "Option 'acquire' must be given together with release, but is an object."],
  [{ acquire: 'GET', releas: 'SET' }, 1, "Did you mean 'release'?"],
  [7, 1, "Option 'match' must be a text such as"],
])('%j with %j is refused', (match, most, message) => {
  expect(() => toHaveMaxConcurrency(recordOf([]), match as Match, most as number)).toThrow(message)
})
