import { createClient } from 'redis'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { removeLiveRules } from '../../src/tap-verbs/live-rules.js'
import { openBothStores, type BothStores } from '../both-stores.js'
import { buySeat, buySeatLocked, SEATS } from './seats.js'

let stores: BothStores
let suite: BothStores['suite']
let pool: BothStores['pool']
let redis: BothStores['redis']
let other: BothStores['redis']

beforeAll(async () => {
  stores = await openBothStores()
  ;({ suite, pool, redis } = stores)
  other = createClient({ url: suite.redis.url })
  await other.connect()
  await suite.postgres.query(`${SEATS};
    CREATE TABLE bookings (seat int, person int); CREATE TABLE unique_bookings (seat int UNIQUE, person int)`)
})
beforeEach(() => restock())
afterAll(async () => {
  await other.close()
  await stores[Symbol.asyncDispose]()
})

async function restock(): Promise<void> {
  await suite.postgres.query('TRUNCATE seats, bookings, unique_bookings; INSERT INTO seats VALUES (1, 1)')
  await suite.redis.send('SET', 'free', '1')
}

const RUNS = 50
const at = 'UPDATE seats'
const invariant = 'SELECT free >= 0, free FROM seats'

const buy = (): Promise<boolean> => buySeat(pool)
const buyLocked = (): Promise<boolean> => buySeatLocked(pool)

async function buyAtomically(): Promise<boolean> {
  return (await pool.query('UPDATE seats SET free = free - 1 WHERE id = 1 AND free > 0')).rowCount === 1
}

async function book(table: string, person: number): Promise<boolean> {
  const { rowCount } = await pool.query(`SELECT 1 FROM ${table} WHERE seat = 1`)
  if (rowCount !== 0) return false
  await pool.query(`INSERT INTO ${table} VALUES (1, $1)`, [person])
  return true
}

const clientOf = (participant: number): typeof redis => (participant === 1 ? redis : other)

async function takeFromRedis(participant: number): Promise<boolean> {
  const client = clientOf(participant)
  const free = Number(await client.get('free'))
  if (free < 1) return false
  await client.set('free', String(free - 1))
  return true
}

async function takeByScript(participant: number): Promise<boolean> {
  const script = "local free = tonumber(redis.call('GET', KEYS[1])) if free < 1 then return 0 end redis.call('DECR', KEYS[1]) return 1"
  return (await clientOf(participant).eval(script, { keys: ['free'] })) === 1
}

/** How many were sold, in each of so many races. */
async function sell(fn: (participant: number) => Promise<boolean>, match: string): Promise<readonly number[]> {
  const sold: number[] = []
  for (let run = 0; run < RUNS; run += 1) {
    await restock()
    const { outcomes } = await suite.overlap(2, fn, { at: match })
    sold.push(outcomes.filter((outcome) => outcome.status === 'fulfilled' && outcome.value).length)
  }
  return sold
}

const all = (count: number): readonly number[] => Array.from({ length: RUNS }, () => count)

test.each([
  ['a read before a write', buy, at, 2],
  ['a row lock', buyLocked, at, 1],
  ['an atomic UPDATE', buyAtomically, at, 1],
  ['a look before an INSERT', (person: number) => book('bookings', person), 'INSERT bookings', 2],
  ['a unique constraint', (person: number) => book('unique_bookings', person), 'INSERT unique_bookings', 1],
  ['GET and SET', takeFromRedis, 'SET free', 2],
  ['a Redis script', takeByScript, 'EVAL free', 1],
])('with %s every race of 50 has the same end', async (_name, fn, match, sold) => {
  expect(await sell(fn, match.replace('INSERT ', 'INSERT INTO '))).toEqual(all(sold))
})

test('a race is evidence: what became of each, how the gate opened, and the invariant after every commit', async () => {
  const race = await suite.overlap(2, buy, { at, invariant })
  expect(race).toMatchObject({
    scenario: 'overlap',
    gate: { match: at, parties: 2, arrived: 2, openedBy: 'all parties arrived' },
    outcomes: [
      { participant: 1, status: 'fulfilled', value: true },
      { participant: 2, status: 'fulfilled', value: true },
    ],
  })
  expect(race.invariants.map(({ after, holds, text }) => `${after}: ${text}${holds ? '' : ' ✗'}`)).toEqual([
    'start: true, free = 1',
    'UPDATE seats SET free = free - 1 WHERE id = 1: true, free = 0',
    'UPDATE seats SET free = free - 1 WHERE id = 1: false, free = -1 ✗',
    'end: false, free = -1 ✗',
  ])
  const positions = race.invariants.map(({ position }) => position)
  expect(race.filter('UPDATE').statements.map(({ start }) => start)).toEqual(positions.slice(1, 3))
})

test('what is broken by one commit and repaired by the next is seen', async () => {
  const fn = async (participant: number): Promise<void> => {
    await pool.query(`UPDATE seats SET free = free ${participant === 1 ? '- 2' : '+ 2'} WHERE id = 1`)
  }
  const race = await suite.overlap(2, fn, { at, invariant })
  const held = race.invariants.map(({ holds }) => holds)
  expect([held[0], held.at(-1), held.length]).toEqual([true, true, 4])
  // The order after the gate is the servers' own; one of the two breaks it, unless the other came first.
  expect(race.invariants.map(({ text }) => text).slice(1, 3)).toContainEqual(expect.stringMatching(/free = (?:-1|3)$/))
})

test('a commit is looked at with the transaction that it made visible, and one that is rolled back is not', async () => {
  const race = await suite.overlap(2, buyLocked, { at, invariant })
  expect(race.gate).toMatchObject({ arrived: 1, openedBy: 'the others wait for a lock' })
  expect(race.invariants.map(({ after }) => after)).toEqual([
    'start',
    'COMMIT of update seats set free = free - ? where id = ?',
    'COMMIT',
    'end',
  ])
})

test('a function looks at Redis after every write command', async () => {
  const look = async (): Promise<{ holds: boolean; free: number }> => {
    const free = Number(await suite.redis.send('GET', 'free'))
    return { holds: free >= 0, free }
  }
  const race = await suite.overlap(2, takeByScript, { at: 'EVAL free', invariant: look })
  expect(race.invariants.map(({ after, text }) => `${after}: ${text}`)).toEqual([
    'start: true, free = 1',
    'EVAL free: true, free = 0',
    'EVAL free: true, free = 0',
    'end: true, free = 0',
  ])
})

test('those who wait in memory are not waited for', async () => {
  let turn: Promise<unknown> = Promise.resolve()
  const buyInTurn = (): Promise<boolean> => {
    const mine = turn.then(buy)
    turn = mine
    return mine
  }
  const race = await suite.overlap(2, buyInTurn, { at, quietMs: 20 })
  expect(race.gate).toMatchObject({ openedBy: 'the others ask nothing new' })
  expect(race.outcomes).toMatchObject([{ value: true }, { value: false }])
})

test('those who end before the gate are not waited for', async () => {
  const race = await suite.overlap(3, (participant) => (participant === 1 ? buy() : Promise.reject(new Error('busy'))), { at })
  expect(race.gate).toMatchObject({ arrived: 1, openedBy: 'the others have ended' })
  expect(race.outcomes).toMatchObject([{ value: true }, { status: 'rejected', reason: new Error('busy') }, { status: 'rejected' }])
})

test('a participant that never settles is unsettled at the deadline', async () => {
  const fn = async (participant: number): Promise<void> => {
    await buy()
    if (participant === 2) await new Promise(() => {})
  }
  const race = await suite.overlap(2, fn, { at, deadlineMs: 60 })
  expect(race.outcomes).toMatchObject([{ status: 'fulfilled' }, { participant: 2, status: 'unsettled' }])
})

async function failureOf(racing: Promise<unknown>): Promise<string> {
  return racing.then(
    () => 'it came about',
    (error: unknown) => String(error),
  )
}

test('a gate nobody comes to says what came instead, at once', async () => {
  expect(await failureOf(suite.overlap(2, buy, { at: 'UPDATE seets' }))).toMatchInlineSnapshot(`
    "HotbedError: overlap: participant 1, alone, ended before it came to the gate at UPDATE seets: fulfilled with true. [ERR_HOTBED_RACE]
      → Nearest of what came instead: update seats set free = free - ? where id = ? | select free from seats where id = ?"
  `)
})

test('a participant that throws first is said', async () => {
  expect(await failureOf(suite.overlap(2, () => Promise.reject(new Error('no such seat')), { at }))).toMatchInlineSnapshot(`
    "HotbedError: overlap: participant 1, alone, ended before it came to the gate at UPDATE seats: rejected with Error: no such seat. [ERR_HOTBED_RACE]
      → Nothing else came through the tap either."
  `)
})

test('a match that hits two statements of one participant is refused', async () => {
  const twice = (): Promise<unknown> => Promise.all([buy(), buy()])
  expect(await failureOf(suite.overlap(2, twice, { at }))).toMatchInlineSnapshot(`
    "HotbedError: overlap: participant 1, alone, came to the gate at UPDATE seats 2 times at once, so the match means more than one of its statements. [ERR_HOTBED_RACE]
      → Name the one that races, such as { sql: /^update seats set holder/i }."
  `)
})

test('fewer than n at the deadline is no race', async () => {
  const fn = async (participant: number): Promise<unknown> => (participant === 1 ? buy() : pool.query('SELECT pg_sleep(0.2)'))
  expect(await failureOf(suite.overlap(2, fn, { at, deadlineMs: 50 }))).toMatchInlineSnapshot(`
    "HotbedError: overlap: waited 50 ms for 2 at the gate at UPDATE seats; 1 came, and the others neither ended nor wait for a lock.
      participant 1, when the gate had opened: fulfilled with true
      participant 2, when the gate had opened: unsettled: it had not ended at the deadline [ERR_HOTBED_RACE]
      → Nearest of what came instead: select free from seats where id = ? | select pg_sleep(?)"
  `)
})

test.each([
  ['one participant', () => suite.overlap(1, buy, { at }), /'n' must be a whole number from 2 to 1000/],
  ['no function', () => suite.overlap(2, 7 as never, { at }), /'fn' must be a function/],
  ['an unknown option', () => suite.overlap(2, buy, { att: 1 } as never), /Did you mean 'at'/],
  [
    'an invariant of wrong SQL',
    () => suite.overlap(2, buy, { at, invariant: 'SELECT fre FROM seats' }),
    /could not be evaluated at the start[^]*"fre"/,
  ],
  [
    'an invariant that is no boolean',
    () => suite.overlap(2, buy, { at, invariant: 'SELECT free FROM seats' }),
    /must give a boolean, and gave 1/,
  ],
  ['an invariant of no row', () => suite.overlap(2, buy, { at, invariant: 'SELECT true FROM bookings' }), /gave 0 rows/],
  ['a function that gives nothing', () => suite.overlap(2, buy, { at, invariant: () => undefined as never }), /gave nothing/],
  [
    'an invariant that does not hold yet',
    () => suite.overlap(2, buy, { at, invariant: 'SELECT free > 1, free FROM seats' }),
    /does not hold before anything has run: it is false, free = 1/,
  ],
])('%s is refused before anything runs', async (_name, act, message) => {
  await expect(act()).rejects.toThrow(message)
  expect((await suite.postgres.query<{ free: number }>('SELECT free FROM seats')).rows).toEqual([{ free: 1 }])
})

test('a gate that is left closed at the end of a test is removed, and named', async () => {
  const racing = suite.overlap(2, async (participant) => (participant === 1 ? buy() : pool.query('SELECT pg_sleep(0.1)')), {
    at,
    deadlineMs: 400,
  })
  const lost = failureOf(racing)
  while (
    (
      await suite.postgres.query(
        "SELECT 1 FROM pg_stat_activity WHERE query LIKE '%pg_sleep(0.1)' AND state = 'active' AND pid <> pg_backend_pid()",
      )
    ).rowCount === 0
  );
  expect(await removeLiveRules()).toEqual(['UPDATE seats → hold'])
  expect(await lost).toBe('it came about')
})
