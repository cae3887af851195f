import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, test } from 'vitest'
import { startSuite, type Suite } from '../../../src/index.js'
import { expect } from '../../../src/vitest/expect.js'
import { record, sql } from '../../wire/recording/traffic.js'
import { messageOf, steadyMessageOf } from '../races/message-of.js'

let suite: Suite<{ readonly postgres: { readonly replicas: 1 } }>
let primary: pg.Pool
let replica: pg.Pool

beforeAll(async () => {
  suite = await startSuite({ postgres: { replicas: 1 } }, { isolation: 'server' })
  primary = new pg.Pool({ connectionString: suite.postgres.url, max: 1 })
  replica = new pg.Pool({ connectionString: suite.postgres.replicas[0].url, max: 1 })
  await suite.postgres.query(
    `CREATE TABLE orders (id int, status text) PARTITION BY RANGE (id); CREATE TABLE orders_1 PARTITION OF orders FOR VALUES FROM (0) TO (100);
     CREATE TABLE products (id int); CREATE VIEW open_orders AS SELECT * FROM orders WHERE status = 'open'`,
  )
})
afterAll(async () => {
  await primary?.end()
  await replica?.end()
  await suite?.dispose()
})
beforeEach(async () => {
  await suite.postgres.lag.release()
  await suite.postgres.lag.caughtUp()
})

const insert = async (): Promise<unknown> => primary.query("INSERT INTO orders VALUES (7, 'open')")

describe('a read of what was written', () => {
  test('from a replica that does not have the write fails, and the write is named', async () => {
    await suite.postgres.lag.hold()
    const run = await suite.record(async () => {
      await insert()
      return replica.query('SELECT * FROM orders WHERE id = 7')
    })
    expect(run.result.rows).toEqual([])
    expect(run).not.toReadYourWrites()
    expect(steadyMessageOf(() => expect(run).toReadYourWrites()).replaceAll(/\d+ bytes of log/g, '# bytes of log')).toMatchInlineSnapshot(`
      "1 of 1 read of what was written before went to a replica that did not have the write.
       in # ms: 2 statements, 0 commands, 2 connections
       ✗ SELECT * FROM orders WHERE id = 7
       asked replica 0, which was # bytes of log short of it, # ms after the commit of orders: INSERT INTO orders VALUES (7, 'open')
       timeline:
       ✗ # ms pg primary # INSERT INTO orders VALUES (7, 'open') → 1 row took # ms
       ✗ # ms pg replica # SELECT * FROM orders WHERE id = 7 → 0 rows took # ms
       Not seen: whose session it was, and what functions and triggers write.
       Read from the primary after a write, or when pg_last_wal_replay_lsn() of the replica has reached the pg_current_wal_lsn() of the primary."
    `)
  })

  test('from the primary passes', async () => {
    await suite.postgres.lag.hold()
    const run = await suite.record(async () => {
      await insert()
      await primary.query('SELECT * FROM orders WHERE id = 7')
    })
    expect(run).toReadYourWrites()
    expect(steadyMessageOf(() => expect(run).not.toReadYourWrites())).toMatchInlineSnapshot(`
      "1 read of what was written before had the write, and at least one should not.
       in # ms: 2 statements, 0 commands, 2 connections
       SELECT * FROM orders WHERE id = 7
       asked the primary, # ms after the commit of orders: INSERT INTO orders VALUES (7, 'open')
       timeline:
       ✗ # ms pg primary # INSERT INTO orders VALUES (7, 'open') → 1 row took # ms
       ✗ # ms pg primary # SELECT * FROM orders WHERE id = 7 → 2 rows took # ms"
    `)
  })

  test('from a replica passes where it had been held, and was waited for until it had the write', async () => {
    await suite.postgres.lag.hold()
    const run = await suite.record(async () => {
      await insert()
      await suite.postgres.lag.release()
      await suite.postgres.lag.caughtUp()
      return replica.query('SELECT * FROM orders WHERE id = 7')
    })
    expect(run.result.rows.length).toBeGreaterThan(0)
    expect(run).toReadYourWrites()
  })

  test('from a replica that happens to have it proves nothing, either way', async () => {
    const run = await suite.record(async () => {
      await insert()
      await suite.postgres.lag.caughtUp()
      await replica.query('SELECT * FROM orders WHERE id = 7')
    })
    expect(steadyMessageOf(() => expect(run).toReadYourWrites())).toMatchInlineSnapshot(`
      "1 of 1 read of what was written before went to a replica, which happened to have the write: that proves nothing.
       in # ms: 2 statements, 0 commands, 2 connections
       SELECT * FROM orders WHERE id = 7
       asked replica 0, # ms after the commit of orders: INSERT INTO orders VALUES (7, 'open') [ERR_HOTBED_EVIDENCE]
       → Hold the replay before the write: await using _held = await suite.postgres.lag.hold()"
    `)
    expect(messageOf(() => expect(run).not.toReadYourWrites())).toContain('happened to have the write')
  })

  test('is found through a view, a partition, a transaction and a CTE', async () => {
    await suite.postgres.lag.hold()
    const readers = [
      'SELECT count(*) FROM open_orders',
      'SELECT * FROM "orders_1"',
      'WITH o AS (SELECT * FROM public.orders) SELECT * FROM o',
    ]
    for (const reader of readers) {
      const run = await suite.record(async () => {
        await primary.query('BEGIN')
        await primary.query("UPDATE orders_1 SET status = 'open'")
        await insert()
        await primary.query('COMMIT')
        await replica.query(reader)
      })
      expect(run).not.toReadYourWrites()
    }
  })
})

describe('nothing is proved', () => {
  test('by a write that was rolled back, wrote no row, or another table', async () => {
    await suite.postgres.lag.hold()
    const run = await suite.record(async () => {
      await primary.query('BEGIN')
      await insert()
      await primary.query('ROLLBACK')
      await primary.query('UPDATE orders SET status = NULL WHERE id = -1')
      await primary.query('INSERT INTO products VALUES (1)')
      await replica.query('SELECT * FROM orders')
    })
    expect(messageOf(() => expect(run).toReadYourWrites())).toContain(
      'The recording has 1 committed write, and no read of the same tables after one.',
    )
    expect(messageOf(() => expect(run).not.toReadYourWrites())).toContain('no read of the same tables')
  })

  test('by reads alone, without a replica, without an application, or by what is no recording', async () => {
    const run = await suite.record(() => replica.query('SELECT * FROM orders'))
    expect(messageOf(() => expect(run).toReadYourWrites())).toContain('needs a write that was committed, and the recording has none')
    expect(messageOf(() => expect(record([sql('SELECT 1')])).toReadYourWrites())).toContain('the stack of this suite has no replica')
    const unseen = record([], { connectionsSeen: 0, replication: { replicas: 1, holds: [] } })
    expect(messageOf(() => expect(unseen).not.toReadYourWrites())).toContain('no connection of the application')
    expect(messageOf(() => expect(7).toReadYourWrites())).toContain('toReadYourWrites judges a recording')
  })
})
