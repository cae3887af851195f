import pg from 'pg'
import { createClient } from 'redis'
import { afterAll, beforeAll, beforeEach, test } from 'vitest'
import { startSuite, type Suite } from '../../src/index.js'
import { expect } from '../../src/vitest/expect.js'
import { messageOf, steadyMessageOf } from '../matchers/races/message-of.js'

type Redis = ReturnType<typeof createClient>
let suite: Suite<{ postgres: {}; redis: {} }>
let pool: pg.Pool
let reader: Redis
let writer: Redis

beforeAll(async () => {
  suite = await startSuite({ postgres: {}, redis: {} })
  pool = new pg.Pool({ connectionString: suite.postgres.url, max: 30 })
  reader = createClient({ url: suite.redis.url })
  writer = createClient({ url: suite.redis.url })
  await Promise.all([reader.connect(), writer.connect()])
  await suite.postgres.query('CREATE TABLE products (id int PRIMARY KEY, price int NOT NULL)')
})
beforeEach(async () => {
  await suite.postgres.query('TRUNCATE products; INSERT INTO products VALUES (7, 100)')
  await suite.redis.send('FLUSHALL')
})
afterAll(async () => {
  await pool.end()
  await Promise.all([reader.close(), writer.close()])
  await suite.dispose()
})

const RUNS = 50
const key = 'product:7'

async function load(): Promise<string> {
  const { rows } = await pool.query<{ price: number }>('SELECT price FROM products WHERE id = 7')
  return String(rows[0]?.price)
}

async function readPrice(): Promise<string> {
  const cached = await reader.get(key)
  if (cached !== null) return cached
  const price = await load()
  await reader.set(key, price, { EX: 60 })
  return price
}

let flight: Promise<string> | undefined
const readInOneFlight = (): Promise<string> => (flight ??= readPrice().finally(() => (flight = undefined)))

/** Fills only while the generation is the one that was read before the source. */
async function readGuarded(): Promise<string> {
  const [cached, generation] = await reader.mGet([key, 'generation:7'])
  if (cached !== null && cached !== undefined) return cached
  const price = await load()
  const script = "if (redis.call('GET', KEYS[2]) or '') ~= ARGV[2] then return 0 end redis.call('SET', KEYS[1], ARGV[1], 'EX', 60) return 1"
  await reader.eval(script, { keys: [key, 'generation:7'], arguments: [price, generation ?? ''] })
  return price
}

async function changePrice(): Promise<void> {
  await pool.query('UPDATE products SET price = price + 1 WHERE id = 7')
  await writer.multi().incr('generation:7').del(key).exec()
}

async function repeat(act: () => Promise<boolean>): Promise<number> {
  let times = 0
  for (let run = 0; run < RUNS; run += 1) if (await act()) times += 1
  return times
}

const fails = (judge: () => void): boolean => {
  try {
    judge()
    return false
  } catch {
    return true
  }
}

test.each([
  ['every caller loads', readPrice, RUNS],
  ['a single flight', readInOneFlight, 0],
])('with %s the stampede has the same end in 50 runs', async (_name, read, expected) => {
  const failed = await repeat(async () => {
    const race = await suite.stampede(5, read, { key })
    return fails(() => expect(race).toCoalesce())
  })
  expect(failed).toBe(expected)
})

test.each([
  ['an unguarded fill', readPrice, RUNS],
  ['a fill that is guarded by a generation', readGuarded, 0],
])('with %s the race with an invalidation has the same end in 50 runs', async (_name, read, expected) => {
  const failed = await repeat(async () => {
    const race = await suite.raceInvalidation({ read, write: changePrice, key })
    return fails(() => expect(race).not.toServeStale())
  })
  expect(failed).toBe(expected)
})

test('a stampede names its loads', async () => {
  const race = await suite.stampede(20, readPrice, { key })
  expect(race.gate).toMatchObject({ arrived: 20, openedBy: 'all parties arrived' })
  expect(steadyMessageOf(() => expect(race).toCoalesce())).toMatchInlineSnapshot(`
    "20 callers missed product:7 at once: 20 loads of the same, 20 at the same time, expected at most 1.
     20 of 20 callers fulfilled; stampede: the gate at SELECT opened: all parties arrived (20 of 20 came)
     ✗ # ms pg # SELECT price FROM products WHERE id = 7 → 1 row (held # ms) took # ms
     ✗ # ms pg # SELECT price FROM products WHERE id = 7 → 1 row (held # ms) took # ms
     ✗ # ms pg # SELECT price FROM products WHERE id = 7 → 1 row (held # ms) took # ms
     … and 17 more
     Let callers of one key share the promise of its load (single flight), or take a lock before loading."
  `)
  expect(race).toCoalesce({ loads: 20 })
})

test('a single flight opens the gate, as nobody else asks', async () => {
  const race = await suite.stampede(20, readInOneFlight, { key })
  expect(race.gate).toMatchObject({ arrived: 1, openedBy: 'the others ask nothing new' })
  expect(race).toCoalesce()
  expect(steadyMessageOf(() => expect(race).not.toCoalesce())).toMatchInlineSnapshot(`
    "20 callers missed product:7 at once: 1 load of the same, 1 at the same time, expected more than 1.
     20 of 20 callers fulfilled; stampede: the gate at SELECT opened: the others ask nothing new (1 of 20 came)
     ✗ # ms pg # SELECT price FROM products WHERE id = 7 → 1 row (held # ms) took # ms"
  `)
})

test('who waits for a load and does not look again loads after it', async () => {
  let turn: Promise<unknown> = Promise.resolve()
  const inTurn = async (): Promise<string> => {
    await reader.get(key)
    const mine = turn.then(load)
    turn = mine
    const price = await mine
    await reader.set(key, price)
    return price
  }
  const race = await suite.stampede(3, inTurn, { key })
  expect(messageOf(() => expect(race).toCoalesce())).toContain('3 loads of the same, 1 at the same time')
  expect(messageOf(() => expect(race).toCoalesce())).toContain('look into the cache again')
})

test('a caller who comes after the load is no proof', async () => {
  const late = async (participant: number): Promise<string> => {
    if (participant === 2) await new Promise((resolve) => void setTimeout(resolve, 60))
    return readPrice()
  }
  const race = await suite.stampede(2, late, { key, quietMs: 1 })
  expect(messageOf(() => expect(race).toCoalesce())).toContain('1 caller looked product:7 up only after the load had ended')
})

test('nobody who loads is said, with what came instead', async () => {
  await expect(suite.stampede(2, readPrice, { key, load: 'SELECT * FROM prices' })).rejects.toThrow(
    /participant 1, alone, ended before it came to the gate at SELECT \* FROM prices[^]*select price from products/,
  )
})

test('a stale write-back is shown with its three steps', async () => {
  const race = await suite.raceInvalidation({ read: readPrice, write: changePrice, key })
  expect(race.outcomes).toMatchObject([{ value: '100' }, { status: 'fulfilled' }, { value: '100' }])
  expect(race).toServeStale()
  expect(steadyMessageOf(() => expect(race).not.toServeStale())).toMatchInlineSnapshot(`
    "product:7 serves a stale value: it was filled after its last invalidation, from a source that was read before it.
     raceInvalidation: the gate at the fill of product:7 opened: the others have ended (1 came)
     participant 1: fulfilled with "100"
     participant 2: fulfilled with undefined
     participant 3: fulfilled with "100"
     source read: SELECT price FROM products WHERE id = 7 (#)
     invalidation: DEL product:7 (#)
     fill: SET product:7 (let go after that; → OK)
     timeline:
     # ms pg # SELECT price FROM products WHERE id = 7 → 1 row took # ms
     # ms redis # DEL product:7 → 0 took # ms
     ✗ # ms redis # SET product:7 → OK (held # ms) took # ms
     # ms redis # GET product:7 → "100" took # ms
     Guard the fill: let the invalidation raise a generation, and fill by a script only while that is still the one read before the source."
  `)
})

test('a guarded fill is refused, and the read afterwards is fresh', async () => {
  const race = await suite.raceInvalidation({ read: readGuarded, write: changePrice, key })
  expect(race).not.toServeStale()
  expect(race.outcomes[2]).toMatchObject({ value: '101' })
})

test('a writer behind the held fill is no proof', async () => {
  const write = async (): Promise<void> => {
    await pool.query('UPDATE products SET price = price + 1 WHERE id = 7')
    await reader.del(key)
  }
  const race = await suite.raceInvalidation({ read: readPrice, write, key, quietMs: 10 })
  expect(messageOf(() => expect(race).not.toServeStale())).toContain('behind the held fill on the same connection')
  expect(messageOf(() => expect(race).toServeStale())).toContain('behind the held fill on the same connection')
})

test.each([
  [
    'a reader that fills nothing',
    () => suite.raceInvalidation({ read: load, write: changePrice, key }),
    /ended before it came to the gate at the fill of product:7/,
  ],
  [
    'a key that is none',
    () => suite.raceInvalidation({ read: load, write: changePrice, key: '' }),
    /'key' must be the key as it stands in Redis/,
  ],
  ['no writer', () => suite.raceInvalidation({ read: load, key } as never), /'write' must be a function/],
  ['a stampede of one', () => suite.stampede(1, load, { key }), /'n' must be a whole number from 2/],
])('%s is refused', async (_name, act, message) => {
  await expect(act()).rejects.toThrow(message)
})
