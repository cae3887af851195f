import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startSuite, type Recording, type Suite } from '../../../src/index.js'
import { readPlans } from '../../../src/matchers/message/judged-plans.js'

let suite: Suite<{ postgres: {} }>
let recording: Recording
beforeAll(async () => {
  suite = await startSuite({ postgres: {} })
  const client = new pg.Client({ connectionString: suite.postgres.url })
  await client.connect()
  recording = await suite.record(async () => {
    await client.query('CREATE TABLE made (id int)')
    await client.query('SELECT 1/0').catch(() => undefined)
    await client.query('BEGIN; DECLARE few CURSOR FOR SELECT 1; FETCH few; COMMIT')
    await client.query('SELECT count(*) FROM made')
  })
  await client.end()
})
afterAll(() => suite.dispose())

const failure = (received: unknown): string => {
  try {
    return `${readPlans(received, 'toSort').length} plans`
  } catch (error) {
    return (error as Error).message
  }
}

test('a statement that needs no plan is told from one whose plan was not recorded', async () => {
  const found = Object.fromEntries(recording.statements.map((statement) => [statement.sql, failure(statement).split('\n')[0]]))
  expect(found).toMatchInlineSnapshot(`
    {
      "BEGIN": "toSort judges plans, and this statement has none: PostgreSQL carries out BEGIN without one.",
      "COMMIT": "1 plans",
      "CREATE TABLE made (id int)": "toSort judges plans, and this statement has none: PostgreSQL carries out CREATE TABLE without one.",
      "DECLARE few CURSOR FOR SELECT 1": "toSort judges plans, and this statement has none: PostgreSQL carries out DECLARE CURSOR without one.",
      "FETCH few": "toSort judges plans, and this statement has none: PostgreSQL carries out FETCH without one.",
      "SELECT 1/0": "toSort judges plans, and this statement has none: it failed (22012).",
      "SELECT count(*) FROM made": "1 plans",
    }
  `)
  expect(failure(recording.statements[0])).toMatchInlineSnapshot(`
    "toSort judges plans, and this statement has none: PostgreSQL carries out CREATE TABLE without one.
      CREATE TABLE made (id int) [ERR_HOTBED_EVIDENCE]
      → Pass a SELECT, INSERT, UPDATE, DELETE or MERGE, or the whole recording."
  `)
  const bare = await suite.record(() => suite.postgres.query('SELECT 1'), { plans: false })
  expect(failure(bare)).toMatchInlineSnapshot(`
    "toSort judges plans, and this recording has none, of 0 statements. [ERR_HOTBED_EVIDENCE]
      → Record with { plans: true }, and something that asks Postgres."
  `)
})
