import pg from 'pg'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { hold, reply, startSuite, type Recording, type Suite } from '../../../src/index.js'
import { toRetry, type RetryExpectation } from '../../../src/matchers/races/to-retry.js'
import { record, sql } from '../../wire/recording/traffic.js'

let suite: Suite<{ postgres: {} }>
let pool: pg.Pool

beforeAll(async () => {
  suite = await startSuite({ postgres: {} })
  await suite.postgres.query('CREATE TABLE accounts (id int PRIMARY KEY, balance int NOT NULL)')
  await suite.postgres.query('CREATE TABLE entries (account int NOT NULL, amount int NOT NULL)')
  pool = new pg.Pool({ connectionString: suite.postgres.url })
})
beforeEach(async () => {
  await suite.postgres.query('TRUNCATE accounts, entries')
  await suite.postgres.query('INSERT INTO accounts VALUES (1, 100)')
})
afterAll(async () => {
  await pool.end()
  await suite.dispose()
})

const DEBIT = 'UPDATE accounts SET balance = balance - $2 WHERE id = $1'
const BALANCE = 'SELECT balance FROM accounts WHERE id = $1'

type Attempts = (client: pg.ClientBase) => Promise<void>

/** What applications do about a failure, each with a connection of its own. */
async function withClient(run: Attempts): Promise<void> {
  const client = await pool.connect()
  try {
    await run(client)
  } finally {
    await client.query('ROLLBACK').catch(() => {})
    client.release()
  }
}

async function debit(client: pg.ClientBase, { begin = 'BEGIN' } = {}): Promise<void> {
  await client.query(begin)
  await client.query(BALANCE, [1])
  await client.query(DEBIT, [1, 10])
  await client.query('COMMIT')
}

const retrying =
  (options?: { readonly begin?: string }): Attempts =>
  async (client) => {
    for (let attempt = 0; attempt < 5; attempt += 1) {
      try {
        return await debit(client, options)
      } catch {
        await client.query('ROLLBACK')
      }
    }
  }

/** What happens when the first `times` statements that match fail with `error`. */
async function fail(match: string, attempts: Attempts, { times = 1, error = '40001' } = {}): Promise<Recording> {
  const rule = await suite.intercept(match, reply({ error }), { times })
  const run = await suite.record(() => withClient(attempts).catch(() => {}))
  await rule.remove()
  return run
}

async function balance(): Promise<unknown> {
  return (await suite.postgres.query<{ balance: number }>('SELECT balance FROM accounts')).rows[0]?.balance
}

function withoutChance(message: string): string {
  return message.replaceAll(/#\d+/g, '#N').replaceAll(/ +[\d.]+ ms/g, ' N ms')
}

/** Without the timeline, which other tests have. */
function told(run: Recording, expectation?: RetryExpectation): string {
  const [head = '', rest = ''] = toRetry(run, expectation).message().split('\n  timeline:\n')
  const after = rest.split('\n').filter((line) => !/^ {4}|^ {2}✗/.test(line))
  return withoutChance([head.replace(/\n {2}in .*/, ''), ...after].join('\n'))
}

test.each(['COMMIT', 'UPDATE accounts', 'SELECT'])('a transaction that fails at %s and is tried again as a whole passes', async (match) => {
  for (const error of ['40001', '40P01']) {
    const run = await fail(match, retrying(), { times: 2, error })
    expect([toRetry(run).pass, toRetry(run, { times: 2 }).pass, toRetry(run, { times: { max: 1 } }).pass]).toEqual([true, true, false])
  }
  expect(await balance()).toBe(80)
})

test('a real serialization failure is one as well', async () => {
  const gate = await suite.intercept('UPDATE accounts', hold({ parties: 2 }))
  const run = await suite.record(() =>
    Promise.all([1, 2].map(() => withClient(retrying({ begin: 'BEGIN ISOLATION LEVEL REPEATABLE READ' })))),
  )
  await gate.remove()
  expect(run.statements.filter(({ error }) => error !== undefined).map(({ error }) => error?.code)).toEqual(['40001'])
  expect(toRetry(run, { times: 1 }).pass).toBe(true)
  expect(await balance()).toBe(80)
})

test('what was tried again fails the opposite, with its attempts', async () => {
  const run = await fail('COMMIT', retrying())
  expect(withoutChance(toRetry.call({ isNot: true }, run).message())).toMatchInlineSnapshot(`
    "1 of 1 transaction that failed with 40001 or 40P01 was tried again until it committed, and none should.
      in N ms: 10 statements, 0 commands, 2 connections
      ✗ SELECT balance FROM accounts WHERE id = $1  ["1"]
        attempt 1  #N  ✗ 40001 at COMMIT (answered by a rule)
        attempt 2  #N  committed
      timeline:
     N ms  pg  #N  BEGIN                                                     → BEGIN                       took N ms
     N ms  pg  #N  SELECT balance FROM accounts WHERE id = $1                → 1 row                       took N ms
     N ms  pg  #N  UPDATE accounts SET balance = balance - $2 WHERE id = $1  → 1 row                       took N ms
      ✗ N ms  pg  #N  COMMIT                                                    ✗ 40001 (answered by a rule)  took N ms
     N ms  pg  #N  ROLLBACK                                                  → ROLLBACK                    took N ms
     N ms  pg  #N  BEGIN                                                     → BEGIN                       took N ms
     N ms  pg  #N  SELECT balance FROM accounts WHERE id = $1                → 1 row                       took N ms
     N ms  pg  #N  UPDATE accounts SET balance = balance - $2 WHERE id = $1  → 1 row                       took N ms
        … 2 after"
  `)
})

test('nobody tried again', async () => {
  const run = await fail('COMMIT', (client) => debit(client))
  expect(toRetry(run).pass).toBe(false)
  expect(toRetry.call({ isNot: true }, run).pass).toBe(false)
  expect(withoutChance(toRetry(run).message())).toMatchInlineSnapshot(`
    "1 of 1 transaction that failed with 40001 or 40P01 was not tried again as expected: at least 1 retry.
      in N ms: 5 statements, 0 commands, 2 connections
      ✗ SELECT balance FROM accounts WHERE id = $1  ["1"]: nobody tried again
        attempt 1  #N  ✗ 40001 at COMMIT (answered by a rule)
      timeline:
     N ms  pg  #N  BEGIN                                                     → BEGIN                       took N ms
     N ms  pg  #N  SELECT balance FROM accounts WHERE id = $1                → 1 row                       took N ms
     N ms  pg  #N  UPDATE accounts SET balance = balance - $2 WHERE id = $1  → 1 row                       took N ms
      ✗ N ms  pg  #N  COMMIT                                                    ✗ 40001 (answered by a rule)  took N ms
     N ms  pg  #N  ROLLBACK                                                  → ROLLBACK                    took N ms
      Try the whole transaction again: ROLLBACK, then BEGIN and every statement, since what it had read may have changed."
  `)
  expect(await balance()).toBe(100)
})

test('only the statement was tried again, in the failed transaction', async () => {
  const run = await fail('UPDATE accounts', async (client) => {
    await client.query('BEGIN')
    await client.query(BALANCE, [1])
    await client.query(DEBIT, [1, 10]).catch(() => client.query(DEBIT, [1, 10]))
    await client.query('COMMIT')
  })
  expect(told(run)).toMatchInlineSnapshot(`
    "1 of 1 transaction that failed with 40001 or 40P01 was not tried again as expected: at least 1 retry.
      ✗ SELECT balance FROM accounts WHERE id = $1  ["1"]: only the statement was tried again, inside the failed transaction: refused with 25P02
        attempt 1  #N  ✗ 40001 at UPDATE accounts SET balance = balance - $2 WHERE id = $1  ["1", "10"] (answered by a rule)
      Try the whole transaction again: ROLLBACK, then BEGIN and every statement, since what it had read may have changed."
  `)
})

test('the retry came on without ROLLBACK', async () => {
  const run = await fail('UPDATE accounts', (client) => debit(client).catch(() => debit(client)))
  expect(told(run)).toMatchInlineSnapshot(`
    "1 of 1 transaction that failed with 40001 or 40P01 was not tried again as expected: at least 1 retry.
      ✗ SELECT balance FROM accounts WHERE id = $1  ["1"]: the retry began without ROLLBACK: its BEGIN was refused with 25P02
        attempt 1  #N  ✗ 40001 at UPDATE accounts SET balance = balance - $2 WHERE id = $1  ["1", "10"] (answered by a rule)
      Try the whole transaction again: ROLLBACK, then BEGIN and every statement, since what it had read may have changed."
  `)
})

test('after a failed COMMIT there is nothing to roll back', async () => {
  const run = await fail('COMMIT', (client) => debit(client).catch(() => debit(client)))
  expect(toRetry(run, { times: 1 }).pass).toBe(true)
  expect(await balance()).toBe(90)
})

test('it went on in the failed transaction', async () => {
  const run = await fail('SELECT', async (client) => {
    await client.query('BEGIN')
    await client.query(BALANCE, [1]).catch(() => {})
    await client.query(DEBIT, [1, 10])
  })
  expect(told(run)).toContain('it went on inside the failed transaction, with UPDATE accounts SET balance')
})

test('only what came after a savepoint was tried again', async () => {
  const run = await fail('UPDATE accounts', async (client) => {
    await client.query('BEGIN')
    await client.query(BALANCE, [1])
    await client.query('SAVEPOINT debit')
    await client.query(DEBIT, [1, 10]).catch(async () => {
      await client.query('ROLLBACK TO SAVEPOINT debit')
      await client.query(DEBIT, [1, 10])
    })
    await client.query('COMMIT')
  })
  expect(told(run)).toContain('only what came after the savepoint was tried again, on what the transaction had read before')
})

test('only the statement was tried again, after the transaction had been rolled back', async () => {
  const run = await fail('UPDATE accounts', (client) =>
    debit(client).catch(async () => {
      await client.query('ROLLBACK')
      await client.query(DEBIT, [1, 10])
    }),
  )
  expect(told(run)).toContain('only the statement was tried again, without those before it: UPDATE accounts')
})

test('what committed by itself before the failure came twice', async () => {
  const pay: Attempts = async (client) => {
    await client.query('INSERT INTO entries VALUES (1, 10)')
    await client.query(DEBIT, [1, 10])
  }
  const run = await fail('UPDATE accounts', (client) => pay(client).catch(() => pay(client)))
  expect(told(run)).toMatchInlineSnapshot(`
    "1 of 1 transaction that failed with 40001 or 40P01 was not tried again as expected: at least 1 retry.
      ✗ UPDATE accounts SET balance = balance - $2 WHERE id = $1  ["1", "10"]: this had been committed by itself, and came twice: INSERT INTO entries VALUES (1, 10)
        attempt 1  #N  ✗ 40001 (answered by a rule)
        attempt 2  #N  done
      Try the whole transaction again: ROLLBACK, then BEGIN and every statement, since what it had read may have changed."
  `)
  expect((await suite.postgres.query('SELECT FROM entries')).rows).toHaveLength(2)
})

test('a statement outside of any transaction is tried again by itself', async () => {
  const run = await fail('UPDATE accounts', async (client) => {
    await client.query(DEBIT, [1, 10]).catch(() => client.query(DEBIT, [1, 10]))
  })
  expect(toRetry(run, { times: 1 }).pass).toBe(true)
})

test('another transaction that begins alike is no retry', async () => {
  const run = await fail('COMMIT', async (client) => {
    await debit(client).catch(() => client.query('ROLLBACK'))
    await client.query('BEGIN')
    await client.query(BALANCE, [2])
    await client.query('COMMIT')
  })
  expect(told(run)).toContain(
    'nobody tried again: what begins alike on #N has other values, SELECT balance FROM accounts WHERE id = $1  ["2"]',
  )
})

test('of several that failed each needs a retry of its own', async () => {
  const rule = await suite.intercept('COMMIT', reply({ error: '40001' }), { times: 2 })
  const run = await suite.record(async () => {
    await Promise.allSettled([withClient((client) => debit(client)), withClient((client) => debit(client))])
    await withClient((client) => debit(client))
  })
  await rule.remove()
  expect(toRetry(run).message()).toContain('1 of 2 transactions that failed with 40001 or 40P01 was not tried again as expected')
  expect(toRetry(run).pass).toBe(false)
  expect(toRetry.call({ isNot: true }, run).pass).toBe(true)
})

test('a retry that does not commit is none', async () => {
  const run = await fail('COMMIT', async (client) => {
    await debit(client).catch(() => {})
    await client.query('BEGIN')
    await client.query(BALANCE, [1])
    await client.query('ROLLBACK')
  })
  expect(told(run)).toContain('the last attempt was not committed')
})

test('too many retries are told with how many there were', async () => {
  const run = await fail('COMMIT', retrying(), { times: 3 })
  expect(told(run, { times: 1 })).toContain(
    '1 of 1 transaction that failed with 40001 or 40P01 was not tried again as expected: exactly 1 retry.\n  ✗ SELECT balance FROM accounts WHERE id = $1  ["1"]: it was tried again 3 times\n',
  )
})

test('only COMMIT was sent again', async () => {
  const run = await fail('COMMIT', (client) => debit(client).catch(() => client.query('COMMIT').then(() => {})))
  expect(told(run)).toContain('only COMMIT was sent again, of a transaction that had ended')
})

test('other errors are meant when they are named', async () => {
  const run = await fail('UPDATE accounts', retrying(), { error: '55P03' })
  expect(toRetry(run, { on: '55P03', times: 1 }).pass).toBe(true)
  expect(() => toRetry(run)).toThrow(
    /^No statement failed with 40001 or 40P01, so there was nothing to try again\.\n[^]*\[ERR_HOTBED_EVIDENCE\]\n {2}→ Make one fail: await suite\.intercept\('COMMIT', reply\(\{ error: '40001' \}\), \{ times: 1 \}\)$/,
  )
})

test.each<[unknown, string]>([
  [{ times: -1 }, "Option 'range' must be a whole number from 0 on, or { min, max }, but is -1."],
  [{ on: 'deadlock' }, `Option 'on' must be an SQLSTATE such as '40001', or several, but is "deadlock".`],
  [{ on: [] }, "Option 'on' must be an SQLSTATE such as '40001', or several, but is an array of 0."],
  [{ time: 1 }, "toRetry() has no option 'time'. [ERR_HOTBED_OPTION]\n  → Did you mean 'times'?"],
  [3, "Option 'expectation' must be { times, on }, but is 3."],
])('%j is refused', (expectation, message) => {
  expect(() => toRetry(record([sql('SELECT 1')]), expectation as RetryExpectation)).toThrow(message)
})
