import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { startSuite } from 'hotbed'
import { matchers } from 'hotbed/matchers'
import pg from 'pg'
import { bookSeat } from '../src/seats.js'

expect.extend(matchers)

let suite
let pool

beforeAll(async () => {
  suite = await startSuite({ postgres: { migrations: './migrations' } })
})

beforeEach(async () => {
  await suite.reset()
  pool = new pg.Pool({ connectionString: suite.postgres.url })
})

afterEach(() => pool.end())

afterAll(async () => {
  await suite?.dispose()
})

test('a seat is booked once, whoever asks at the same time', async () => {
  const booked = await Promise.all(['ann', 'bob', 'cid', 'dee'].map((holder) => bookSeat(pool, 7, holder)))

  expect(booked.filter(Boolean)).toHaveLength(1)
})

test('every test starts with the seats of the template', async () => {
  const { rows } = await suite.postgres.query('SELECT count(*)::int AS free FROM seats WHERE holder IS NULL')

  expect(rows).toEqual([{ free: 100 }])
})

test('a seat is found by its primary key', async () => {
  const plan = await suite.postgres.explain('SELECT holder FROM seats WHERE id = $1', [7], { settings: { enable_seqscan: false } })

  expect(plan).toUseIndex('seats_pkey')
})
