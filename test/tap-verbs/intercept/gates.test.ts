import { createClient } from 'redis'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { hold } from '../../../src/index.js'
import { openBothStores, type BothStores } from '../../both-stores.js'
import { buySeat, buySeatLocked, SEATS } from '../../scenarios/seats.js'

let stores: BothStores
let suite: BothStores['suite']
let pool: BothStores['pool']
let redis: BothStores['redis']

beforeAll(async () => {
  stores = await openBothStores()
  ;({ suite, pool, redis } = stores)
  await suite.postgres.query(SEATS)
})
beforeEach(async () => {
  await suite.postgres.query('TRUNCATE seats; INSERT INTO seats VALUES (1, 1)')
})
afterAll(() => stores[Symbol.asyncDispose]())

test('a gate that opens when all have arrived makes every race of two lose', async () => {
  for (let round = 0; round < 10; round += 1) {
    await suite.postgres.query('UPDATE seats SET free = 1')
    const gate = await suite.intercept('UPDATE seats', hold({ parties: 2 }))
    expect(await Promise.all([buySeat(pool), buySeat(pool)])).toEqual([true, true])
    expect(await gate.remove()).toMatchObject({ seen: 2, applied: 2, holding: 0, outcome: 'all parties arrived' })
    const { rows } = await suite.postgres.query<{ free: number }>('SELECT free FROM seats')
    expect(rows).toEqual([{ free: -1 }])
  }
})

test('a gate does not wait for those that a lock keeps away', async () => {
  const gate = await suite.intercept('UPDATE seats', hold({ parties: 2, deadlineMs: 20_000 }))
  const sold = await Promise.all([buySeatLocked(pool), buySeatLocked(pool)])
  expect(sold.toSorted()).toEqual([false, true])
  expect(await gate.remove()).toMatchObject({ applied: 1, outcome: 'the others wait for a lock' })
})

test('a gate whose parties do not come opens at its deadline and says so', async () => {
  const gate = await suite.intercept('UPDATE seats', hold({ parties: 2, deadlineMs: 30 }))
  expect(await buySeat(pool)).toBe(true)
  expect(await gate.remove()).toMatchObject({ applied: 1, outcome: 'deadline' })
})

test('a command is held until it is released, and what comes later passes', async () => {
  await redis.set('cart:1', 'old')
  const gate = await suite.intercept({ redis: 'SET', key: /^cart:/ }, hold())
  const other = createClient({ url: suite.redis.url })
  await other.connect()
  const writing = redis.set('cart:1', 'new')
  expect(await gate.arrived()).toMatchObject({ holding: 1 })
  expect(await other.get('cart:1')).toBe('old')
  await gate.release()
  await writing
  expect(await other.get('cart:1')).toBe('new')
  await other.set('cart:2', 'passes')
  expect(await gate.remove()).toMatchObject({ seen: 2, outcome: 'released', holding: 0 })
  await other.close()
})

test('requests behind the one that is held stay in order', async () => {
  const gate = await suite.intercept('SET order', hold())
  const replies = Promise.all([
    redis.del('log'),
    redis.set('order', '1'),
    redis.rPush('log', 'a'),
    redis.rPush('log', 'b'),
    redis.lRange('log', 0, -1),
  ])
  await gate.arrived()
  await gate.release()
  expect(await replies).toEqual([0, 'OK', 1, 2, ['a', 'b']])
  await gate.remove()
})

test('what is held goes on when its rule is removed', async () => {
  const gate = await suite.intercept('COMMIT', hold())
  const client = await pool.connect()
  await client.query('BEGIN')
  const committing = client.query('COMMIT')
  await gate.arrived()
  await gate.remove()
  expect((await committing).command).toBe('COMMIT')
  client.release()
})

test('a wait that is too long says what came instead', async () => {
  const gate = await suite.intercept('UPDATE seets', hold())
  await buySeat(pool)
  await expect(gate.arrived(1, { timeoutMs: 20 })).rejects.toThrow(
    /Waited 20 ms for a request at the rule UPDATE seets → hold; 0 came\. \[ERR_HOTBED_TIMEOUT\][^]*update seats set free/i,
  )
  await gate.remove()
})

test('skip, times and connection choose among the requests that match', async () => {
  const rule = await suite.intercept('GET counted', hold({ deadlineMs: 1 }), { skip: 1, times: 1 })
  for (let call = 0; call < 4; call += 1) await redis.get('counted')
  expect(await rule.remove()).toMatchObject({ seen: 4, applied: 1 })

  const [mine] = (await suite.connections()).filter(({ store }) => store === 'redis')
  const other = await suite.intercept('GET counted', hold({ deadlineMs: 1 }), { connection: (mine?.id ?? 0) + 1_000 })
  await redis.get('counted')
  expect(await other.remove()).toMatchObject({ seen: 0 })
})

test('keys that are not ASCII are matched as text', async () => {
  const rule = await suite.intercept('GET käse:*', hold({ deadlineMs: 1 }))
  await redis.get('käse:€')
  await redis.get('kase:1')
  expect(await rule.remove()).toMatchObject({ seen: 1, applied: 1 })
})

test('a predicate is asked about each request', async () => {
  const asked: (string | undefined)[] = []
  const rule = await suite.intercept(
    ({ args }) => {
      asked.push(args?.join(' '))
      return args?.[1] === 'chosen'
    },
    hold({ deadlineMs: 1 }),
  )
  await redis.get('other')
  await redis.get('chosen')
  expect(asked).toEqual(['GET other', 'GET chosen'])
  expect(await rule.remove()).toMatchObject({ seen: 1, applied: 1 })
})

test.each([
  ["the match 'SELEKT'", () => suite.intercept('SELEKT', hold()), /'SELEKT' begins neither an SQL statement nor a Redis command/],
  ['a wrong option', () => suite.intercept('GET a', hold(), { time: 1 } as object), /has no option 'time'[^]*Did you mean 'times'/],
  ['times below 0', () => suite.intercept('GET a', hold(), { times: -1 }), /whole number from 0 on/],
])('%s is refused before anything is held', async (_name, act, message) => {
  await expect(act()).rejects.toThrow(message)
  expect(await redis.get('a')).toBeNull()
})
