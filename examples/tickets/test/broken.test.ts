import { createTest, expect } from 'hotbed/vitest'
import { reply } from 'hotbed'
import { serializableStatementRetry } from '../src/seats/serializable-statement-retry.js'
import { openBoxOffice } from './box-office.js'
import { countOfFifty } from './fifty.js'
import { startTwo } from './instances.js'
import { lockInTurn } from './lock-in-turn.js'
import { messageOf } from './message-of.js'
import { asDeployed } from './stacks.js'
import { statusesOf } from './statuses-of.js'

const test = createTest(asDeployed)

function show(failure: string | undefined): void {
  console.log(`\nThis is what the failing expectation says:\n\n${failure}\n`)
}

test('SELECT, then UPDATE: in 50 of 50 races two customers book one seat', async ({ suite, postgres }) => {
  const instances = await startTwo(suite)
  const failures: string[] = []

  const overbooked = await countOfFifty(async () => {
    await openBoxOffice(suite)
    const race = await suite.overlap(2, (instance) => instances.book(instance), { at: 'UPDATE seats' })
    failures.push(messageOf(() => expect(race).toExecuteStatements('INSERT INTO bookings', 1)))
    const { rows } = await postgres.query('SELECT FROM bookings')
    return statusesOf(race) === '201, 201' && rows.length === 2
  })
  await instances.close()

  show(failures[0])
  expect(overbooked).toBe(50)
  expect(failures[0]).toContain('The recording has 2 statements like INSERT INTO bookings, expected exactly 1.')
})

test('GET, then SET: in 50 of 50 races two are let in to the last place', async ({ suite }) => {
  const instances = await startTwo(suite)
  const failures: string[] = []

  const oversold = await countOfFifty(async () => {
    await openBoxOffice(suite)
    const race = await suite.overlap(2, (instance) => instances.admit(instance), { at: 'SET event:*' })
    failures.push(messageOf(() => expect(race).toSendCommands('SET event:*', 1)))
    return statusesOf(race) === '201, 201'
  })
  await instances.close()

  show(failures[0])
  expect(oversold).toBe(50)
  expect(failures[0]).toContain('The recording has 2 commands like SET event:*, expected exactly 1.')
})

test('SELECT stock, then UPDATE: in 50 of 50 races the stock becomes negative', async ({ suite, postgres }) => {
  const instances = await startTwo(suite)

  const negative = await countOfFifty(async (round) => {
    await openBoxOffice(suite)
    const race = await suite.overlap(2, (instance) => instances.order(instance, [1], `round ${round}, customer ${instance}`), {
      at: 'UPDATE products',
    })
    const { rows } = await postgres.query<{ stock: number }>('SELECT stock FROM products WHERE id = 1')
    return statusesOf(race) === '201, 201' && rows[0]?.stock === -1
  })
  await instances.close()

  expect(negative).toBe(50)
})

test('a request that is sent twice: in 50 of 50 races it is two orders', async ({ suite, postgres }) => {
  const instances = await startTwo(suite)
  const failures: string[] = []

  const doubled = await countOfFifty(async (round) => {
    await openBoxOffice(suite, { stock: 10 })
    const race = await suite.overlap(2, (instance) => instances.order(instance, [1], `round ${round}`), { at: 'INSERT INTO orders' })
    failures.push(messageOf(() => expect(race).toExecuteStatements('UPDATE products', 1)))
    const { rows } = await postgres.query('SELECT FROM orders')
    return statusesOf(race) === '201, 201' && rows.length === 2
  })
  await instances.close()

  show(failures[0])
  expect(doubled).toBe(50)
  expect(failures[0]).toContain('The recording has 2 statements like UPDATE products, expected exactly 1.')
})

test('two carts with the same products in another order: a deadlock', async ({ suite }) => {
  await openBoxOffice(suite, { stock: 10 })
  const instances = await startTwo(suite)

  const run = await lockInTurn(suite, () => Promise.allSettled([instances.order(1, [1, 2], 'one'), instances.order(2, [2, 1], 'two')]))
  await instances.close()

  const failure = messageOf(() => expect(run).toAvoidDeadlock())
  show(failure)
  expect(failure).toMatch(/#\d+ waits for #\d+: ShareLock on transaction \d+, and was ended with 40P01/)
  expect(failure).toContain('had run   UPDATE products SET stock = stock - $2 WHERE id = $1')
  expect(failure).toContain('Take locks in one order everywhere')
})

test('after a serialization failure only the UPDATE is tried again', async ({ suite }) => {
  await openBoxOffice(suite)
  const instances = await startTwo(suite, { bookSeat: serializableStatementRetry })

  const refusal = await suite.intercept('UPDATE seats', reply({ error: '40001' }), { times: 1 })
  const run = await suite.record(() => instances.book(1).catch((error: unknown) => error))
  await refusal.remove()
  await instances.close()

  const failure = messageOf(() => expect(run).toRetry({ times: 1 }))
  show(failure)
  expect(failure).toContain('only the statement was tried again, inside the failed transaction: refused with 25P02')
})
