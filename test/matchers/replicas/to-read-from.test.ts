import pg from 'pg'
import { afterAll, beforeAll, test } from 'vitest'
import { startSuite, type Recording, type Suite } from '../../../src/index.js'
import { expect } from '../../../src/vitest/expect.js'
import { record, sql } from '../../wire/recording/traffic.js'
import { messageOf, steadyMessageOf } from '../races/message-of.js'

let suite: Suite<{ readonly postgres: { readonly replicas: 1 } }>
let primary: pg.Pool
let replica: pg.Pool
let run: Recording

beforeAll(async () => {
  suite = await startSuite({ postgres: { replicas: 1 } }, { isolation: 'server' })
  primary = new pg.Pool({ connectionString: suite.postgres.url, max: 1 })
  replica = new pg.Pool({ connectionString: suite.postgres.replicas[0].url, max: 1 })
  await suite.postgres.query('CREATE TABLE products (id int); CREATE TABLE stock (id int)')
  await suite.postgres.lag.caughtUp()
  run = await suite.record(async () => {
    await replica.query('SELECT * FROM products WHERE id = 7')
    await primary.query('SELECT * FROM stock WHERE id = 7')
    await primary.query('SELECT * FROM products')
  })
})
afterAll(async () => {
  await primary?.end()
  await replica?.end()
  await suite?.dispose()
})

test('statements of one server pass, those of both do not', () => {
  expect(run).toReadFrom('primary', 'SELECT * FROM stock')
  expect(run).toReadFrom('replica', 'SELECT * FROM products WHERE')
  expect(run).not.toReadFrom('replica', 'SELECT * FROM stock')
})

test('with .not none may have gone there: some are enough to fail', () => {
  expect(steadyMessageOf(() => expect(run).not.toReadFrom('replica', 'SELECT * FROM products'))).toMatchInlineSnapshot(`
    "1 of 2 like SELECT * FROM products went to a replica, expected none.
     in # ms: 3 statements, 0 commands, 2 connections
     ✗ # ms pg replica # SELECT * FROM products WHERE id = 7 → 0 rows took # ms
     timeline:
     ✗ # ms pg replica # SELECT * FROM products WHERE id = 7 → 0 rows took # ms
     # ms pg primary # SELECT * FROM stock WHERE id = 7 → 0 rows took # ms
     # ms pg primary # SELECT * FROM products → 0 rows took # ms"
  `)
})

test('what went elsewhere is shown', () => {
  expect(steadyMessageOf(() => expect(run).toReadFrom('replica', 'SELECT * FROM products'))).toMatchInlineSnapshot(`
    "1 of 2 like SELECT * FROM products went to the primary, expected all to go to a replica.
     in # ms: 3 statements, 0 commands, 2 connections
     ✗ # ms pg primary # SELECT * FROM products → 0 rows took # ms
     timeline:
     # ms pg replica # SELECT * FROM products WHERE id = 7 → 0 rows took # ms
     # ms pg primary # SELECT * FROM stock WHERE id = 7 → 0 rows took # ms
     ✗ # ms pg primary # SELECT * FROM products → 0 rows took # ms"
  `)
})

test('nothing that matches proves nothing, either way', () => {
  expect(messageOf(() => expect(run).toReadFrom('replica', 'SELECT * FROM orders'))).toContain(
    'The recording has no statement like SELECT * FROM orders, so nothing was read from anywhere.',
  )
  expect(messageOf(() => expect(run).not.toReadFrom('replica', 'SELECT * FROM orders'))).toContain('products')
})

test('without a replica there is nothing to tell apart, and without an application nothing was seen', () => {
  const alone = record([sql('SELECT * FROM products')])
  expect(messageOf(() => expect(alone).toReadFrom('primary', 'SELECT'))).toMatchInlineSnapshot(`
    "toReadFrom tells the primary from its replicas, and the stack of this suite has no replica. [ERR_HOTBED_EVIDENCE]
      → Add one, postgres: { replicas: 1 }, and isolation: 'server'."
  `)
  const unseen = record([], { connectionsSeen: 0, replication: { replicas: 1, holds: [] } })
  expect(messageOf(() => expect(unseen).not.toReadFrom('primary', 'SELECT'))).toContain('no connection of the application')
})

test('what is no server, no statement or no recording is refused', () => {
  const expectation = expect(run) as unknown as { readonly toReadFrom: (server: string, match: string) => void }
  expect(messageOf(() => expectation.toReadFrom('standby', 'SELECT'))).toContain("Option 'server' must be 'primary' or 'replica'")
  expect(messageOf(() => expect(run).toReadFrom('primary', 'GET user:*'))).toContain("Option 'match' must be a statement")
  expect(messageOf(() => expect({}).toReadFrom('primary', 'SELECT'))).toContain('toReadFrom judges a recording')
})
