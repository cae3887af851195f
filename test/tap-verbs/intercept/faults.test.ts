import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { delay, drop, hang, refuse, reply, reset, startSuite, throttle, type Suite } from '../../../src/index.js'
import { connectPostgres, connectRedis } from '../../unreturning-clients.js'

type Both = Suite<{ postgres: {}; redis: {} }>
let suite: Both

beforeAll(async () => {
  suite = await startSuite({ postgres: {}, redis: {} })
  await suite.postgres.query('CREATE TABLE payments (id int GENERATED ALWAYS AS IDENTITY, amount int NOT NULL)')
})
beforeEach(async () => {
  await suite.postgres.query('TRUNCATE payments')
})
afterAll(() => suite.dispose())

async function countPayments(): Promise<unknown> {
  return (await suite.postgres.query('SELECT count(*)::int AS payments FROM payments')).rows[0]?.['payments']
}

async function fails(promise: Promise<unknown>): Promise<Error & { readonly code?: string }> {
  return promise.then(
    () => {
      throw new Error('it did not fail')
    },
    (error: unknown) => error as Error & { readonly code?: string },
  )
}

test.each([
  ['before', 0, 1],
  ['after', 1, 2],
] as const)('an INSERT that is dropped %s the server leaves %i rows, and %i after a naive retry', async (when, first, retried) => {
  const rule = await suite.intercept('INSERT INTO payments', drop(when), { times: 1 })
  const pay = async (): Promise<void> => {
    const client = await connectPostgres(suite)
    try {
      await client.query('INSERT INTO payments (amount) VALUES ($1)', [5])
    } finally {
      await client.end().catch(() => {})
    }
  }
  expect((await fails(pay())).message).toBe('Connection terminated unexpectedly')
  expect(await countPayments()).toBe(first)
  await pay()
  expect(await countPayments()).toBe(retried)
  expect(await rule.remove()).toMatchObject({ seen: 2, applied: 1 })
})

test.each([
  ['before', 0],
  ['after', 1],
] as const)('a COMMIT that is dropped %s the server leaves %i rows', async (when, rows) => {
  const rule = await suite.intercept('COMMIT', drop(when))
  const client = await connectPostgres(suite)
  await client.query('BEGIN')
  await client.query('INSERT INTO payments (amount) VALUES (7)')
  expect((await fails(client.query('COMMIT'))).message).toBe('Connection terminated unexpectedly')
  expect(await countPayments()).toBe(rows)
  await rule.remove()
})

test.each([
  ['before', null],
  ['after', '1'],
] as const)('a command that is dropped %s the server leaves %j', async (when, value) => {
  await suite.redis.send('DEL', 'counter')
  const rule = await suite.intercept('INCR counter', drop(when))
  const client = await connectRedis(suite)
  expect((await fails(client.incr('counter'))).message).toMatch(/Socket closed unexpectedly/)
  expect(await suite.redis.send('GET', 'counter')).toBe(value)
  await rule.remove()
})

test('a statement is answered with the SQLSTATE asked for, and a transaction around it has failed', async () => {
  const rule = await suite.intercept({ sql: /^insert into payments/i }, reply({ error: '40001' }), { times: 2 })
  const client = await connectPostgres(suite)
  const alone = await fails(client.query('INSERT INTO payments (amount) VALUES ($1)', [1]))
  expect(alone).toMatchObject({ code: '40001', message: 'could not serialize access due to concurrent update' })
  expect((await client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])

  await client.query('BEGIN')
  expect(await fails(client.query('INSERT INTO payments (amount) VALUES (1)'))).toMatchObject({ code: '40001' })
  expect(await fails(client.query('SELECT 1'))).toMatchObject({ code: '25P02' })
  expect((await client.query('COMMIT')).command).toBe('ROLLBACK')

  await client.query('INSERT INTO payments (amount) VALUES (1)')
  expect(await countPayments()).toBe(1)
  await client.end()
  await rule.remove()
})

test.each([
  ['simple', 'COMMIT'],
  ['extended', { text: 'COMMIT', values: [], queryMode: 'extended' }],
  ['named', { name: 'commit', text: 'COMMIT', values: [], queryMode: 'extended' }],
] as const)('a COMMIT that a rule answers (%s) has ended its transaction, as one that fails on the server', async (_protocol, commit) => {
  const rule = await suite.intercept('COMMIT', reply({ error: '40001' }), { times: 2 })
  const client = await connectPostgres(suite)
  const run = await suite.record(async () => {
    for (const amount of [1, 2, 3]) {
      await client.query('BEGIN')
      await client.query('INSERT INTO payments (amount) VALUES ($1)', [amount])
      // Without ROLLBACK: there is nothing left to roll back.
      const answer = client.query(commit as string).then(
        ({ command }) => command,
        (error: unknown) => (error as { readonly code?: string }).code,
      )
      expect(await answer).toBe(amount < 3 ? '40001' : 'COMMIT')
    }
  })
  expect(await countPayments()).toBe(1)
  expect(run.filter('COMMIT').statements.map(({ error, tag, transaction }) => [error?.code, tag, transaction])).toEqual([
    ['40001', undefined, 1],
    ['40001', undefined, 2],
    [undefined, 'COMMIT', 3],
  ])
  expect(run.connections.list.map(({ status }) => status)).toEqual(['I'])
  await client.end()
  await rule.remove()
})

test('a prepared statement that was answered by a rule works the next time', async () => {
  const client = await connectPostgres(suite)
  const insert = { name: 'pay', text: 'INSERT INTO payments (amount) VALUES ($1)', values: [3] }
  await client.query(insert)
  const rule = await suite.intercept('INSERT INTO payments', reply({ error: '53300', message: 'too many' }), { times: 1 })
  expect(await fails(client.query(insert))).toMatchObject({ code: '53300', message: 'too many' })
  await client.query(insert)
  expect(await countPayments()).toBe(2)
  await client.end()
  await rule.remove()
})

test('a recording has the error that the client saw', async () => {
  const client = await connectPostgres(suite)
  await using rule = await suite.intercept('INSERT INTO payments', reply({ error: '40P01' }))
  const run = await suite.record(() => fails(client.query('INSERT INTO payments (amount) VALUES ($1)', [1])))
  expect(run.statements).toHaveLength(1)
  expect(run.statements[0]).toMatchObject({ error: { code: '40P01', message: 'deadlock detected' }, steered: 'answered by a rule' })
  expect(await rule.state()).toMatchObject({ applied: 1 })
  await client.end()
})

test.each([
  ['an error', reply({ error: 'LOADING' }), 'LOADING Redis is loading the dataset in memory'],
  ['nil', reply(null), null],
  ['a text', reply('forged'), 'forged'],
])('a command is answered with %s, in its place among others', async (_name, action, expected) => {
  const client = await connectRedis(suite)
  await client.set('real', 'value')
  const rule = await suite.intercept('GET forged', action)
  const [before, forged, after] = await Promise.all([
    client.get('real'),
    client.get('forged').catch((error: Error) => error.message),
    client.get('real'),
  ])
  expect([before, forged, after]).toEqual(['value', expected, 'value'])
  await client.close()
  await rule.remove()
})

test('an error in a transaction aborts it', async () => {
  const client = await connectRedis(suite)
  await client.set('untouched', 'old')
  const rule = await suite.intercept('INCR broken', reply({ error: 'OOM' }))
  const error = await fails(client.multi().set('untouched', 'new').incr('broken').exec())
  expect(error.message).toMatch(/OOM|EXECABORT/)
  expect(await client.get('untouched')).toBe('old')
  await client.close()
  await rule.remove()
})

test('a store that refuses connections is down for those that are there and those that come', async () => {
  const idle = await connectRedis(suite)
  const rule = await suite.intercept('redis', refuse())
  expect((await fails(idle.get('a'))).message).toMatch(/closed/i)
  expect(await fails(connectRedis(suite))).toMatchObject({ code: 'ECONNREFUSED' })
  await rule.remove()
  const back = await connectRedis(suite)
  expect(await back.ping()).toBe('PONG')
  await back.close()
})

test('a store that hangs answers when the rule goes', async () => {
  const client = await connectRedis(suite)
  const rule = await suite.intercept('redis', hang())
  const reading = client.get('a')
  await rule.arrived()
  await rule.remove()
  expect(await reading).toBeNull()
  await client.close()
})

test('a reset is what the client sees as ECONNRESET', async () => {
  const client = await connectPostgres(suite)
  const rule = await suite.intercept('SELECT', reset())
  expect(await fails(client.query('SELECT 1'))).toMatchObject({ code: 'ECONNRESET' })
  await rule.remove()
})

test('a delayed command is later than one that is not', async () => {
  const [slow, quick] = [await connectRedis(suite), await connectRedis(suite)]
  const rule = await suite.intercept('GET slow', delay(30))
  const order: string[] = []
  const run = await suite.record(() =>
    Promise.all([slow.get('slow').then(() => order.push('slow')), quick.get('quick').then(() => order.push('quick'))]),
  )
  expect(order).toEqual(['quick', 'slow'])
  expect(run.commands.find(({ keys }) => keys[0] === 'slow')?.steered).toMatch(/^delayed \d+ ms$/)
  await slow.close()
  await quick.close()
  await rule.remove()
})

test('a throttled store carries all bytes, in order', async () => {
  const value = 'x'.repeat(50_000)
  await suite.redis.send('SET', 'large', value)
  const client = await connectRedis(suite)
  const rule = await suite.intercept('redis', throttle(2_000_000))
  expect(await client.get('large')).toBe(value)
  await rule.remove()
  await client.close()
})

test.each([
  [
    'throttle of a statement',
    () => suite.intercept('SELECT', throttle(10)),
    /throttle acts on connections[^]*intercept\('postgres', throttle\(…\)\)/,
  ],
  ['a value for SQL', () => suite.intercept('SELECT', reply('x')), /can be answered with an error only/],
])('%s is refused', async (_name, act, message) => {
  await expect(act()).rejects.toThrow(message)
})
