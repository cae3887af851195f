import pg from 'pg'
import { expect, test } from 'vitest'
import { hold, startSuite, type Suite } from '../src/index.js'

async function open(options?: { readonly leavesNothingBehind?: boolean }): Promise<{ suite: Suite<{ postgres: {} }>; client: pg.Client }> {
  const suite = await startSuite({ postgres: {} }, options)
  const client = new pg.Client({ connectionString: suite.postgres.url, application_name: 'orders-api' })
  // Nothing may come: a pool that idles takes the end of a connection for a fault.
  client.on('error', (error) => expect.fail(error.message))
  await client.connect()
  return { suite, client }
}

test('a suite that ends with an idle connection ends well, and the client is not disturbed', async () => {
  const { suite, client } = await open()
  await client.query('SELECT 1')
  await expect(suite.dispose()).resolves.toBeUndefined()
  await client.end()
})

test('an open transaction fails the end of its suite', async () => {
  const { suite, client } = await open()
  await client.query('BEGIN')
  await expect(suite.dispose()).rejects.toThrow(
    [
      'The suite ended with something left behind:',
      "  - connection 1 to Postgres ('orders-api') is in an open transaction [ERR_HOTBED_LEFT_BEHIND]",
      '  → End it in the code under test or in the test, or switch the check off with leavesNothingBehind: false.',
    ].join('\n'),
  )
  await client.end()
})

test('a client that has said goodbye leaves nothing, though its transaction was open and the server has not heard of it yet', async () => {
  for (let round = 0; round < 5; round += 1) {
    const { suite, client } = await open()
    await client.query('BEGIN')
    const [, ended] = await Promise.allSettled([client.end(), suite.dispose()])
    expect(ended).toEqual({ status: 'fulfilled', value: undefined })
  }
})

test('a transaction that failed and was not rolled back fails it too', async () => {
  const { suite, client } = await open()
  await client.query('BEGIN')
  await client.query('SELECT 1/0').catch(() => {})
  await expect(suite.dispose()).rejects.toThrow(/connection 1 to Postgres \('orders-api'\) is in a failed transaction/)
  await client.end()
})

test('so does an advisory lock that is still held', async () => {
  const { suite, client } = await open()
  await client.query('SELECT pg_advisory_lock(7)')
  await expect(suite.dispose()).rejects.toThrow(
    /an advisory lock is still held \('orders-api'\), whose last statement was: SELECT pg_advisory_lock\(7\)\n {2}\(1 idle connections besides/,
  )
  await client.end()
})

test('so does a rule that nobody removed', async () => {
  const { suite, client } = await open()
  await suite.intercept('UPDATE seats', hold())
  await expect(suite.dispose()).rejects.toThrow(/a rule is still live: UPDATE seats → hold/)
  await client.end()
})

test('the check can be switched off', async () => {
  const { suite, client } = await open({ leavesNothingBehind: false })
  await client.query('BEGIN')
  await expect(suite.dispose()).resolves.toBeUndefined()
  await client.end()
})
