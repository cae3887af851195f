import pg from 'pg'
import { afterEach, expect, test } from 'vitest'
import type { HoldAndWait } from '../../../src/index.js'
import { toAvoidPoolDeadlock } from '../../../src/matchers/faults/to-avoid-pool-deadlock.js'
import { inTransaction } from '../../in-transaction.js'
import { steady, useShop } from './with-suite.js'

const shop = useShop()
const pools: pg.Pool[] = []
afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.end()))
})

function openPool(max: number): pg.Pool {
  const pool = new pg.Pool({ connectionString: shop().postgres.url, max })
  pool.on('error', () => {})
  pools.push(pool)
  return pool
}

/** Holds a connection and waits for another, until the test lets go: without a time-out of the pool, as is the default of `pg`. */
function nested(pool: pg.Pool, ended: Promise<never>) {
  return async (): Promise<void> => {
    const client = await pool.connect()
    try {
      await client.query('BEGIN')
      await client.query('INSERT INTO orders (product) VALUES (7)')
      await Promise.race([pool.query('SELECT name FROM products WHERE id = 7'), ended])
      await client.query('COMMIT')
    } catch (error) {
      await client.query('ROLLBACK')
      throw error
    } finally {
      client.release()
    }
  }
}

function createEnd(): { readonly ended: Promise<never>; readonly end: () => void } {
  let end = (): void => {}
  const ended = new Promise<never>((_, reject) => (end = () => reject(new Error('the test is over'))))
  ended.catch(() => {})
  return { ended, end }
}

/** Two hold a connection each, one waits for its first. */
async function deadlock(withPool: boolean): Promise<HoldAndWait> {
  const pool = openPool(2)
  const { ended, end } = createEnd()
  const run = await shop().holdAndWait(3, nested(pool, ended), { deadlineMs: 60_000, ...(withPool ? { pools: [pool] } : {}) })
  end()
  expect(run.outcomes.map(({ status }) => status)).toEqual(['unsettled', 'unsettled', 'unsettled'])
  return run
}

test('with the pool a deadlock is certain, long before any time-out', async () => {
  const run = await deadlock(true)
  const verdict = toAvoidPoolDeadlock(run)

  expect(run.deadlock).toMatchObject({ certainty: 'certain', unsettled: 3, waiting: 3 })
  expect(verdict.pass).toBe(false)
  expect(steady(verdict.message())).toMatchInlineSnapshot(`
    "Deadlock of the pool: all of 3 participants left wait for a connection (3 wait), and they hold 2.
      in # ms: 4 statements, 0 commands, # connections
      found after # ms, in a pool of 2
      last asked on the connections that are held:
      ✗ # ms pg # INSERT INTO orders (product) VALUES (7) → 1 row took # ms
      ✗ # ms pg # INSERT INTO orders (product) VALUES (7) → 1 row took # ms
      Who holds a connection must not wait for another: pass the client on to whatever runs within the transaction."
  `)
})

test('from the wire alone it is suspected, when all that are connected idle in a transaction', async () => {
  const run = await deadlock(false)
  const verdict = toAvoidPoolDeadlock(run)

  expect(run.deadlock).toMatchObject({ certainty: 'suspected', unsettled: 3, waiting: undefined })
  expect(verdict.pass).toBe(false)
  expect(steady(verdict.message())).toMatchInlineSnapshot(`
    "Deadlock of the pool suspected: every connection (2) is idle in a transaction, and nobody asks anything, while 3 participants had not settled.
      in # ms: 4 statements, 0 commands, # connections
      found after # ms
      last asked on the connections that are held:
      ✗ # ms pg # INSERT INTO orders (product) VALUES (7) → 1 row took # ms
      ✗ # ms pg # INSERT INTO orders (product) VALUES (7) → 1 row took # ms
      It is certain with the pool itself: suite.holdAndWait(n, fn, { pools: [pool] })
      Who holds a connection must not wait for another: pass the client on to whatever runs within the transaction."
  `)
})

test('from the wire alone it is suspected also when another connection has ended meanwhile', async () => {
  const pool = openPool(2)
  const { ended, end } = createEnd()
  const hold = nested(pool, ended)
  const askBefore = async (): Promise<void> => {
    const client = new pg.Client({ connectionString: shop().postgres.url })
    await client.connect()
    await client.end()
    return hold()
  }
  const run = await shop().holdAndWait(3, (participant) => (participant === 1 ? askBefore() : hold()), { deadlineMs: 60_000 })
  end()
  expect(run.deadlock).toMatchObject({ certainty: 'suspected', unsettled: 3, connections: [expect.any(Number), expect.any(Number)] })
  expect(run.connections.list.filter(({ closedAt }) => closedAt !== undefined).length).toBeGreaterThan(0)
})

test('who passes the client on needs no other, and all settle', async () => {
  const pool = openPool(2)
  const repaired = (): Promise<void> =>
    inTransaction(pool, ['INSERT INTO orders (product) VALUES (7)', 'SELECT name FROM products WHERE id = 7'])
  const run = await shop().holdAndWait(5, repaired, { pools: [pool] })
  const verdict = toAvoidPoolDeadlock(run)

  expect(run.deadlock).toBeUndefined()
  expect(verdict.pass).toBe(true)
  expect(verdict.message()).toMatch(
    /^All of 5 participants settled, expected a deadlock of the pool\.\n.*20 statements.*\n {2}2 connections at most of 2, at most \d waited for one$/,
  )
  expect(toAvoidPoolDeadlock(await shop().holdAndWait(5, repaired)).message()).toContain(
    'who waited for one is not seen without pools: [pool]',
  )
})

test('a pool that is not used up proves nothing', async () => {
  const pool = openPool(10)
  const run = await shop().holdAndWait(2, () => pool.query('SELECT 1'), { pools: [pool] })
  expect(() => toAvoidPoolDeadlock(run)).toThrow(
    /needs a pool that is used up, and this one never was: 2 of 10 connections at most, nobody waited\.[^]*suite\.holdAndWait\(10, …\)/,
  )
})

test('who waits for something else is no deadlock of the pool', async () => {
  const pool = openPool(1)
  const { ended, end } = createEnd()
  const run = await shop().holdAndWait(1, () => ended, { pools: [pool], deadlineMs: 100 })
  end()
  expect(() => toAvoidPoolDeadlock(run)).toThrow(/had not settled after 100 ms, and no deadlock of the pool was seen/)
})

test('what is no such run is refused', async () => {
  await expect(async () => toAvoidPoolDeadlock(await shop().record(() => 1))).rejects.toThrow(/judges participants who share a pool/)
  await expect(shop().holdAndWait(0, () => 1)).rejects.toThrow(/Option 'n'/)
  await expect(shop().holdAndWait(1, () => 1, { pools: [{}] as never })).rejects.toThrow(/Option 'pools'/)
})
