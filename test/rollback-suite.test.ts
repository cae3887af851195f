import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { startSuite } from '../src/start-suite.js'
import type { Suite } from '../src/suite.js'

const stack = {
  postgres: {
    migrations: {
      run: ({ query }: { readonly query: (sql: string) => Promise<unknown> }) =>
        query('CREATE TABLE seats (id int PRIMARY KEY, holder text)'),
      inputs: ['package.json'],
    },
  },
  redis: {},
} as const

let suite: Suite<typeof stack>

beforeAll(async () => {
  suite = await startSuite(stack, { isolation: 'rollback' })
})

beforeEach(() => suite.reset())

afterAll(() => suite.dispose())

const countSeats = async (): Promise<unknown> => (await suite.postgres.query('SELECT count(*)::int AS seats FROM seats')).rows

test('what a test writes is gone after the reset, in both stores', async () => {
  await suite.postgres.client.query('INSERT INTO seats VALUES (1)')
  await suite.redis.send('SET', 'seat:1', 'free')
  expect(await countSeats()).toEqual([{ seats: 1 }])

  await suite.reset()

  expect(await countSeats()).toEqual([{ seats: 0 }])
  expect(await suite.redis.send('DBSIZE')).toBe(0)
})

test('a statement that failed does not spoil the next test', async () => {
  await suite.postgres.client.query('INSERT INTO seats VALUES (1)')
  await expect(suite.postgres.client.query('INSERT INTO seats VALUES (1)')).rejects.toThrow('duplicate key')

  await suite.reset()

  expect(await countSeats()).toEqual([{ seats: 0 }])
})

test('a plan sees the rows of the transaction, and leaves them there', async () => {
  await suite.postgres.client.query('INSERT INTO seats SELECT generate_series(1, 50)')

  const plan = await suite.postgres.explain('DELETE FROM seats WHERE id > 0')

  expect(String(plan)).toContain('rows 50')
  expect(await countSeats()).toEqual([{ seats: 50 }])
})

test('there is no URL, and the message says what there is instead', () => {
  const text = `Isolation 'rollback' hands out one client, not a URL: another connection would see nothing of the transaction. [ERR_HOTBED_ISOLATION]
  → Give suite.postgres.client to the code under test; an application with its own pool needs isolation: 'clone'.`
  expect(() => suite.postgres.url).toThrow(text)
  expect(() => suite.postgres.adminUrl).toThrow(text)
})

test('code that commits is found out, and the database is as before', async () => {
  await suite.postgres.client.query('INSERT INTO seats VALUES (1)')
  await suite.postgres.client.query('COMMIT')

  await expect(suite.reset()).rejects.toThrow(
    "The code under test ended the transaction (COMMIT or ROLLBACK) that isolation 'rollback' wraps around it, so the test proved nothing.",
  )

  expect(await countSeats()).toEqual([{ seats: 0 }])
})

test('nothing can be kept of it', async () => {
  await expect(suite.keep()).rejects.toMatchObject({ code: 'ERR_HOTBED_ISOLATION' })
})

test('an outage of postgres would end the transaction, one of redis would not', async () => {
  await expect(suite.outage('postgres', { mode: 'hang' })).rejects.toMatchObject({ code: 'ERR_HOTBED_ISOLATION' })
})

test('a stack without Postgres cannot be rolled back', async () => {
  await expect(startSuite({ redis: {} }, { isolation: 'rollback' })).rejects.toThrow(
    "Isolation 'rollback' is a transaction of Postgres, but the stack has no postgres.",
  )
})

test('the client of other isolations is the application’s own', async () => {
  await using cloned = await startSuite({ postgres: {} })

  expect(() => cloned.postgres.client).toThrow("suite.postgres.client is there only with isolation: 'rollback'.")
})

test('work in the background cannot be waited for: the transaction stays open', async () => {
  await expect(suite.quiet()).rejects.toThrow(/one transaction; it stays open all the time, so it is never quiet[^]*isolation: 'clone'/)
  await expect(suite.loseAcknowledgement(() => 1, { effect: () => 1 })).rejects.toThrow(
    /one transaction; a worker has connections of its own/,
  )
})
