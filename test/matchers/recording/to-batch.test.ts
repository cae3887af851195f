import pg from 'pg'
import { afterAll, beforeAll, test } from 'vitest'
import { startSuite, type Recording, type Suite } from '../../../src/index.js'
import { expect } from '../../../src/vitest/expect.js'
import { messageOf, steadyMessageOf } from '../races/message-of.js'

let suite: Suite<{ postgres: {} }>
let pool: pg.Pool
let singly: Recording
let batched: Recording

const DAYS = Array.from({ length: 250 }, (_, day) => day)

beforeAll(async () => {
  suite = await startSuite({ postgres: {} })
  pool = new pg.Pool({ connectionString: suite.postgres.url, max: 1 })
  await suite.postgres.query('CREATE TABLE reports (day int PRIMARY KEY, done bool NOT NULL DEFAULT false); CREATE TABLE audit (day int)')
  singly = await suite.record(async () => {
    for (const day of DAYS) await pool.query('INSERT INTO reports (day) VALUES ($1)', [day])
  })
  batched = await suite.record(async () => {
    await pool.query('BEGIN')
    for (let at = 0; at < DAYS.length; at += 100)
      await pool.query('UPDATE reports SET done = true FROM unnest($1::int[]) AS d WHERE day = d', [DAYS.slice(at, at + 100)])
    await pool.query(
      `INSERT INTO audit VALUES ${DAYS.slice(0, 3)
        .map((day) => `(${day})`)
        .join(', ')}`,
    )
    await pool.query('COMMIT')
  })
})
afterAll(async () => {
  await pool?.end()
  await suite?.dispose()
})

test('rows in batches pass, whatever the tables', () => {
  expect(batched).toBatch({ size: 100 })
  expect(batched).toBatch({ size: 100, rows: 250, of: 'UPDATE reports' })
  expect(batched).not.toBatch({ size: 200 })
  expect(batched).toBatch({ size: 200, extra: 1 })
})

test('rows one by one fail, and the statement is named', () => {
  expect(singly).not.toBatch({ size: 100 })
  expect(steadyMessageOf(() => expect(singly).toBatch({ size: 100 }))).toMatchInlineSnapshot(`
    "Rows are not written in batches of 100: 250 statements insert into reports, expected at most 3.
     in # ms: 250 statements, 0 commands, 1 connection
     250× insert into reports: 250 rows in batches of 100 take 3
     INSERT INTO reports (day) VALUES ($1) ["0"] (1 row)
     INSERT INTO reports (day) VALUES ($1) ["1"] (1 row)
     INSERT INTO reports (day) VALUES ($1) ["2"] (1 row)
     … and 247 more
     timeline:
     ✗ # ms pg # INSERT INTO reports (day) VALUES ($1) → 1 row took # ms
     ✗ # ms pg # INSERT INTO reports (day) VALUES ($1) → 1 row took # ms
     ✗ # ms pg # INSERT INTO reports (day) VALUES ($1) → 1 row took # ms
     ✗ # ms pg # INSERT INTO reports (day) VALUES ($1) → 1 row took # ms
     ✗ # ms pg # INSERT INTO reports (day) VALUES ($1) → 1 row took # ms
     … 245 after
     Write many rows with one statement: INSERT … SELECT * FROM unnest($1::int[], …), several VALUES, or COPY."
  `)
  expect(steadyMessageOf(() => expect(batched).not.toBatch({ size: 100 }))).toMatchInlineSnapshot(`
    "Rows are written in batches of 100, expected that they are not.
     in # ms: 6 statements, 0 commands, 1 connection
     3× update reports: 250 rows in batches of 100 take 3
     UPDATE reports SET done = true FROM unnest($1::int[]) AS d WHERE day = d ["{\\"0\\",\\"1\\",\\"2\\",\\"3\\",\\"4…] (100 rows)
     UPDATE reports SET done = true FROM unnest($1::int[]) AS d WHERE day = d ["{\\"100\\",\\"101\\",\\"102\\",\\"1…] (100 rows)
     UPDATE reports SET done = true FROM unnest($1::int[]) AS d WHERE day = d ["{\\"200\\",\\"201\\",\\"202\\",\\"2…] (50 rows)
     1× insert into audit: 3 rows in batches of 100 take 1
     INSERT INTO audit VALUES (0), (1), (2) (3 rows)"
  `)
})

test('statements that write nothing are too many for the rows there were', async () => {
  const again = await suite.record(async () => {
    for (const day of DAYS.slice(0, 5)) await pool.query('INSERT INTO reports (day) VALUES ($1) ON CONFLICT DO NOTHING', [day])
  })
  expect(messageOf(() => expect(again).toBatch({ size: 5 }))).toContain('no table got more than one row')
  expect(messageOf(() => expect(again).toBatch({ size: 5, rows: 5 }))).toContain('5 statements insert into reports, expected at most 1')
})

test('a WITH that writes counts by its table', async () => {
  const run = await suite.record(async () => {
    for (const day of [1000, 1001])
      await pool.query('WITH kept AS (INSERT INTO reports (day) VALUES ($1) RETURNING day) SELECT day FROM kept', [day])
  })
  expect(messageOf(() => expect(run).toBatch({ size: 2 }))).toContain('2 statements insert into reports, expected at most 1')
})

test('a lock that is taken for an update writes nothing', async () => {
  const run = await suite.record(async () => {
    for (const day of [1, 2, 3])
      await pool.query('WITH one AS (SELECT day FROM reports WHERE day = $1 FOR UPDATE SKIP LOCKED) SELECT * FROM one', [day])
  })
  expect(messageOf(() => expect(run).toBatch({ size: 2 }))).toContain('no statement wrote anything')
})

test('what proves nothing is thrown', async () => {
  const reading = await suite.record(() => pool.query('SELECT 1'))
  expect(messageOf(() => expect(reading).toBatch({ size: 10 }))).toContain('no statement wrote anything')
  expect(messageOf(() => expect(reading).not.toBatch({ size: 10 }))).toContain('no statement wrote anything')
  expect(messageOf(() => expect(1).toBatch({ size: 10 }))).toContain('toBatch judges a recording')
})

test.each([
  [{ size: 1 }, "'size' must be a whole number of rows from 2 on"],
  [{}, "'size' must be a whole number"],
  [{ size: 10, rows: -1 }, "'rows' must be"],
  [{ size: 10, slack: 1 }, "toBatch() has no option 'slack'"],
])('%j is refused', (expected, message) => {
  expect(messageOf(() => expect(singly).toBatch(expected as never))).toContain(message)
})
