import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startSuite } from 'hotbed'
import pg from 'pg'
import { bookSeat } from '../src/seats.js'

let suite
let pool

before(async () => {
  suite = await startSuite({ postgres: { migrations: './migrations' } })
  pool = new pg.Pool({ connectionString: suite.postgres.url })
})

after(async () => {
  await pool?.end()
  await suite?.dispose()
})

test('a seat is booked once, whoever asks at the same time', async () => {
  const booked = await Promise.all(['ann', 'bob', 'cid', 'dee'].map((holder) => bookSeat(pool, 7, holder)))

  assert.equal(booked.filter(Boolean).length, 1)
})

test('other seats stay free', async () => {
  const { rows } = await suite.postgres.query('SELECT count(*)::int AS free FROM seats WHERE holder IS NULL')

  assert.deepEqual(rows, [{ free: 99 }])
})
