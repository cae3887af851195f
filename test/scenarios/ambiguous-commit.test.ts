import pg from 'pg'
import { afterAll, beforeAll, beforeEach, test } from 'vitest'
import { startSuite, type Suite } from '../../src/index.js'
import { expect } from '../../src/vitest/expect.js'
import { messageOf } from '../matchers/races/message-of.js'

let suite: Suite<{ postgres: {} }>
let pool: pg.Pool

beforeAll(async () => {
  suite = await startSuite({ postgres: {} })
  pool = new pg.Pool({ connectionString: suite.postgres.url })
  pool.on('error', () => {})
  await suite.postgres.query('CREATE TABLE orders (id serial PRIMARY KEY, request text UNIQUE, total int NOT NULL)')
})
beforeEach(() => suite.postgres.query('TRUNCATE orders').then(() => {}))
afterAll(async () => {
  await pool.end()
  await suite.dispose()
})

const effect = 'SELECT count(*) AS orders, sum(total) AS charged FROM orders'

async function place(request: string | null): Promise<string> {
  const client = await pool.connect()
  let failure: Error | undefined
  client.on('error', () => {})
  try {
    await client.query('BEGIN')
    await client.query('INSERT INTO orders (request, total) VALUES ($1, 10) ON CONFLICT (request) DO NOTHING', [request])
    await client.query('COMMIT')
    return 'placed'
  } catch (error) {
    failure = error as Error
    throw error
  } finally {
    client.release(failure)
  }
}

const tryTwice = (request: string | null): Promise<string> => place(request).catch(() => place(request))

test('a naive retry places the order twice in 50 of 50 runs, and a request with a key in none', async () => {
  let doubled = 0
  for (let round = 0; round < 50; round += 1) {
    const naive = await suite.ambiguousCommit(() => tryTwice(null), { effect })
    if (/orders changed by 2 instead of 1, charged changed by 20 instead of 10/.test(messageOf(() => expect(naive).toBeIdempotent())))
      doubled += 1
    const keyed = await suite.ambiguousCommit((run) => tryTwice(`order ${round} ${run}`), { effect })
    expect(keyed).toBeIdempotent()
  }
  expect(doubled).toBe(50)
})

test('both runs are told with their effects', async () => {
  const race = await suite.ambiguousCommit(() => tryTwice(null), { effect })
  expect(race.runs.map(({ cut, effectBefore, effectAfter }) => [cut, effectBefore['orders'], effectAfter['orders']])).toEqual([
    ['before', 0, 1],
    ['after', 1, 3],
  ])
})

test.each([
  [
    'a commit that is not sent',
    () => suite.ambiguousCommit(() => pool.query('SELECT 1'), { effect }),
    /came to the gate at COMMIT[^]*select \?/,
  ],
  [
    'an effect of wrong SQL',
    () => suite.ambiguousCommit(() => 1, { effect: 'SELECT counts(*)' }),
    /The effect could not be measured[^]*counts/,
  ],
  ['an effect that is no number', () => suite.ambiguousCommit(() => 1, { effect: "SELECT 'a' AS name" }), /name is no number/],
  ['no effect', () => suite.ambiguousCommit(() => 1, {} as never), /'effect' must be a query/],
])('%s is refused', async (_name, act, message) => {
  await expect(act()).rejects.toThrow(message)
})
