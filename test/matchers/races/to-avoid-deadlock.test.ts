import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { hold, reply, startSuite, type Recording, type Suite } from '../../../src/index.js'
import { toAvoidDeadlock } from '../../../src/matchers/races/to-avoid-deadlock.js'
import { connection, record, sql } from '../../wire/recording/traffic.js'

let suite: Suite<{ postgres: {} }>
let pool: pg.Pool

beforeAll(async () => {
  suite = await startSuite({ postgres: {} })
  await suite.postgres.query('CREATE TABLE accounts (id int PRIMARY KEY, balance int NOT NULL)')
  await suite.postgres.query('INSERT INTO accounts VALUES (1, 100), (2, 100)')
  pool = new pg.Pool({ connectionString: suite.postgres.url })
})
afterAll(async () => {
  await pool.end()
  await suite.dispose()
})

type Transfer = (client: pg.ClientBase, from: number, to: number) => Promise<void>

async function debitThenCredit(client: pg.ClientBase, from: number, to: number): Promise<void> {
  await client.query('UPDATE accounts SET balance = balance - 10 WHERE id = $1', [from])
  await client.query('UPDATE accounts SET balance = balance + 10 WHERE id = $1', [to])
}

async function lockInOrder(client: pg.ClientBase, from: number, to: number): Promise<void> {
  await client.query('SELECT id FROM accounts WHERE id = ANY($1) ORDER BY id FOR UPDATE', [[from, to]])
  await debitThenCredit(client, from, to)
}

async function transfer(inTransaction: Transfer, from: number, to: number): Promise<void> {
  const client = await pool.connect()
  try {
    await client.query('BEGIN')
    await inTransaction(client, from, to)
    await client.query('COMMIT')
  } catch (error) {
    await client.query('ROLLBACK')
    throw error
  } finally {
    client.release()
  }
}

/** Two transfers against each other, of which none goes on before both have taken their first lock. */
async function meet(inTransaction: Transfer): Promise<Recording<readonly string[]>> {
  const gate = await suite.intercept({ sql: /^UPDATE accounts SET balance = balance \+/ }, hold({ parties: 2 }))
  const run = await suite.record(async () => {
    const both = await Promise.allSettled([transfer(inTransaction, 1, 2), transfer(inTransaction, 2, 1)])
    return both.map(({ status }) => status)
  })
  await gate.remove()
  return run
}

/** The server chooses whom it ends: here it is A, the other B. Ids and times are those of a run. */
function withoutChance(message: string, run: Recording): string {
  const victim = run.statements.find(({ error }) => error?.code === '40P01')?.connection
  return message
    .replaceAll(/#(\d+)/g, (_, id: string) => (Number(id) === victim ? '#A' : '#B'))
    .replaceAll(/transaction \d+/g, 'transaction N')
    .replaceAll(/[\d.]+ ms/g, 'N ms')
    .replaceAll(/\["\d"\]/g, '["id"]')
}

test('transfers that lock in opposite orders are told as who waits for whom, and what each held', async () => {
  const run = await meet(debitThenCredit)
  const { pass, message } = toAvoidDeadlock(run)

  expect([pass, run.result.toSorted()]).toEqual([false, ['fulfilled', 'rejected']])
  expect(withoutChance(message(), run).split('\n  timeline:')[0]).toMatchInlineSnapshot(`
    "The recording has 1 deadlock, expected none.
      in N ms: 8 statements, 0 commands, 2 connections
      #A waits for #B: ShareLock on transaction N, and was ended with 40P01
        had run   UPDATE accounts SET balance = balance - 10 WHERE id = $1  ["id"]
        waits in  UPDATE accounts SET balance = balance + 10 WHERE id = $1  ["id"]
      #B waits for #A: ShareLock on transaction N
        had run   UPDATE accounts SET balance = balance - 10 WHERE id = $1  ["id"]
        waits in  UPDATE accounts SET balance = balance + 10 WHERE id = $1  ["id"]"
  `)
  expect(message()).toMatch(/✗ .* UPDATE accounts .* ✗ 40P01/)
  expect(message()).toContain('Take locks in one order everywhere')
})

test('each of the two had locked the row that the other waits for', async () => {
  const message = toAvoidDeadlock(await meet(debitThenCredit)).message()
  const ids = (line: RegExp): readonly number[] => [...message.matchAll(line)].map(([, id]) => Number(id))
  const had = ids(/had run .*\["(\d)"\]/g)
  const wants = ids(/waits in .*\["(\d)"\]/g)
  expect(had.toSorted((a, b) => a - b)).toEqual([1, 2])
  expect(wants).toEqual(had.toReversed())
})

test('transfers that lock in one order avoid it under the same gate', async () => {
  const run = await meet(lockInOrder)
  const { pass, message } = toAvoidDeadlock(run)
  expect([pass, run.result]).toEqual([true, ['fulfilled', 'fulfilled']])
  expect(message().split('\n')[0]).toBe('The recording has no deadlock, expected one.')
})

test('an answer of a rule is no deadlock', async () => {
  const rule = await suite.intercept('COMMIT', reply({ error: '40P01' }), { times: 1 })
  const run = await suite.record(() => transfer(debitThenCredit, 1, 2).catch(() => {}))
  await rule.remove()
  expect(toAvoidDeadlock(run).pass).toBe(true)
  expect(toAvoidDeadlock(run).message()).toContain('  1 statement answered with 40P01 by a rule of the test: nobody waited there.')
})

const ended = (detail: string | undefined) =>
  sql('UPDATE accounts SET balance = 0', {
    results: [],
    error: { code: '40P01', severity: 'ERROR', message: 'deadlock detected', detail, constraint: undefined },
  })

test('who does not come through the tap is named by its process', () => {
  const detail =
    'Process 11 waits for ShareLock on transaction 7; blocked by process 12.\nProcess 12 waits for ShareLock on transaction 8; blocked by process 11.'
  const message = toAvoidDeadlock(record([ended(detail)], { connections: [connection(1, { processId: 11 })] })).message()
  expect(message).toContain('  #1 waits for process 12: ShareLock on transaction 7, and was ended with 40P01\n')
  expect(message).toContain(
    '  process 12 waits for #1: ShareLock on transaction 8\n    what it ran is not known: its connection does not lead through the tap\n',
  )
})

test('a process id that came again is that of the connection which was open then', () => {
  const detail = 'Process 11 waits for ShareLock on transaction 7; blocked by process 11.'
  const connections = [connection(5, { processId: 11, closedAt: 0 }), connection(1, { processId: 11 })]
  expect(toAvoidDeadlock(record([sql('SELECT 1'), ended(detail)], { connections })).message()).toContain('  #1 waits for #1')
})

test('an error without a DETAIL is told as it is', () => {
  expect(toAvoidDeadlock(record([ended(undefined)])).message()).toContain(
    '  #1 failed with 40P01, without a DETAIL that says who waited for whom: UPDATE accounts SET balance = 0\n',
  )
})

test('where nothing was asked of Postgres, or nobody was seen, nothing is judged', () => {
  expect(() => toAvoidDeadlock(record([]))).toThrow(
    /^The recording has no statement, so nobody could wait for a lock\.\n[^]*\[ERR_HOTBED_EVIDENCE\]\n {2}→ Record transactions that meet: suite\.overlap/,
  )
  expect(() => toAvoidDeadlock(record([], { connections: [], connectionsSeen: 0 }))).toThrow('toAvoidDeadlock found nothing')
})
