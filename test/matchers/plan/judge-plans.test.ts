import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startSuite, type Recording, type Suite } from '../../../src/index.js'
import { matchers } from '../../../src/matchers/index.js'
import { mask } from './on-postgres.js'

expect.extend(matchers)

let suite: Suite<{ postgres: {} }>
let client: pg.Client
let mixed: Recording

beforeAll(async () => {
  suite = await startSuite({ postgres: {} })
  await suite.postgres.query(`
    CREATE TABLE orders (id int PRIMARY KEY, user_id int, total int);
    INSERT INTO orders SELECT i, i % 500, i FROM generate_series(1, 20000) i;
    CREATE INDEX orders_user_id_idx ON orders (user_id);
    CREATE TABLE users (id int PRIMARY KEY, name text);
    INSERT INTO users SELECT i, 'user ' || i FROM generate_series(1, 5000) i;
    CREATE FUNCTION cheapest() RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN (SELECT min(total) FROM orders); END';
  `)
  await suite.postgres.query('ANALYZE')
  client = new pg.Client({ connectionString: suite.postgres.url })
  await client.connect()
  mixed = await suite.record(async () => {
    await client.query('BEGIN')
    await client.query('SELECT name FROM users WHERE id = $1', [7])
    await client.query('SELECT id FROM orders WHERE user_id = $1', [3])
    for (const total of [1, 2, 3]) await client.query('SELECT id FROM orders WHERE total = $1', [total])
    await client.query("SELECT id FROM users WHERE name = 'user 7'")
    await client.query('COMMIT')
  })
})
afterAll(async () => {
  await client.end()
  await suite.dispose()
})

/** The error of an expectation. */
function failure(expectation: () => void): string {
  try {
    expectation()
  } catch (error) {
    return mask((error as Error).message)
  }
  return 'no error'
}

test('a mixed recording meets neither an expectation nor its opposite', () => {
  expect(() => expect(mixed).toSeqScan()).toThrow('2 of 6 plans')
  expect(() => expect(mixed).not.toSeqScan()).toThrow('4 of 6 plans')
})

test('every offender is told, the worst first and in full, equal ones once', () => {
  expect(failure(() => expect(mixed).not.toSeqScan())).toMatchInlineSnapshot(`
    "4 of 6 plans, the worst first:

    The plan reads orders from end to end, by a Seq Scan.
      SELECT id FROM orders WHERE total = $1
      $1 = '1'
      (the worst of 3 executions)

      ✗ Seq Scan on orders  rows 1  removed 19,999  buffers n
            Filter: (total = 1)

    The plan reads users from end to end, by a Seq Scan.
      SELECT id FROM users WHERE name = 'user 7'"
  `)
})

test('only statements that read the table are judged by it', () => {
  expect(failure(() => expect(mixed).toUseIndex('orders_user_id_idx'))).toMatch(/^3 of 4 plans/)
  expect(failure(() => expect(mixed).not.toUseIndex({ table: 'users', columns: ['id'] }))).toMatch(
    /^1 of 2 plans:\n\nThe plan uses an index on users/,
  )
  expect(failure(() => expect(mixed).not.toSeqScan('payments'))).toMatchInlineSnapshot(`
    "toSeqScan has nothing to judge: none of the 6 plans reads payments.
      SELECT name FROM users WHERE id = $1
      SELECT id FROM orders WHERE user_id = $1
      SELECT id FROM orders WHERE total = $1 [ERR_HOTBED_EVIDENCE]
      → Record something that does."
  `)
})

test('of one statement there is one plan, and the message is that of a plan', () => {
  const [, users, orders] = mixed.statements
  expect(users).toUseIndex('users_pkey')
  expect(orders).not.toSeqScan()
  expect(failure(() => expect(users).toSeqScan('users'))).toMatch(/^The plan reads users without a Seq Scan\./)
})

test('what a function runs is judged, and told with the statement that called it', async () => {
  const run = await suite.record(() => client.query('SELECT cheapest() AS value'))
  expect(failure(() => expect(run).not.toSeqScan('orders'))).toMatchInlineSnapshot(`
    "The plan reads orders from end to end, by a Seq Scan.
      SELECT cheapest() AS value  runs: (SELECT min(total) FROM orders)

        Result  rows 1  buffers n
          InitPlan 1: Aggregate  rows 1  buffers n
      ✗     Seq Scan on orders  rows 20,000  buffers n"
  `)
  expect(failure(() => expect(run.statements[0]).not.toSeqScan('orders'))).toContain('runs: (SELECT min(total) FROM orders)')
})

test('a recording, or a statement, without plans is refused', async () => {
  const run = await suite.record(() => client.query('SELECT id FROM users WHERE id = 7'), { plans: false })
  expect(failure(() => expect(run).not.toSeqScan())).toMatchInlineSnapshot(`
    "toSeqScan judges plans, and this recording has none, of 1 statement. [ERR_HOTBED_EVIDENCE]
      → Record with { plans: true }, and something that asks Postgres."
  `)
  expect(failure(() => expect(run.statements[0]).not.toSeqScan())).toMatchInlineSnapshot(`
    "toSeqScan judges plans, and this statement has none: it was recorded without plans.
      SELECT id FROM users WHERE id = 7 [ERR_HOTBED_EVIDENCE]
      → Record with { plans: true }, or explain the statement: await postgres.explain(sql, params)"
  `)
})

test('a statement whose plan was not seen leaves nothing found unproved', async () => {
  const run = await suite.record(() => client.query('SELECT id FROM users WHERE id = 7'))
  const missing = { plan: { value: undefined }, nested: { value: [] }, planUnavailable: { value: 'the connection was busy' } }
  const unseen = { ...run, statements: [...run.statements, Object.create(run.statements[0] ?? null, missing)] }
  expect(failure(() => expect(unseen).not.toSeqScan())).toMatchInlineSnapshot(`
    "toSeqScan found nothing in the plans there are, but one statement came without: the connection was busy.
      SELECT id FROM users WHERE id = 7 [ERR_HOTBED_EVIDENCE]
      → Judge the statements by themselves, or begin the recording while the connections are at rest."
  `)
  expect(failure(() => expect(unseen).toSeqScan())).toMatch(/^The plan reads users without a Seq Scan\./)
})
