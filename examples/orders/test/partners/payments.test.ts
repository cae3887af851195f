import { drop, hang, reply } from 'hotbed'
import { expect } from 'hotbed/vitest'
import * as broken from '../../src/partners/payments/broken.js'
import * as repaired from '../../src/partners/payments/repaired.js'
import { showFailure } from '../jobs/expecting-failure.js'
import { order, orderStatus, test } from './orders-test.js'

const CHARGE = 'POST /charges'

test('broken: an answer that was lost is paid twice', async ({ suite, payments, start }) => {
  const app = await start(broken.payments)
  await using lost = await suite.intercept(CHARGE, drop('after'), { times: 1 })

  const run = await suite.record(() => order(app))

  expect([run.result.statusCode, payments.charged()]).toEqual([201, 2])
  const failure = showFailure(() => expect(run).toRetry({ match: CHARGE }))
  expect(failure).toContain(
    'retry 1 repeats what may have been carried out (cut after the upstream had carried it out) without an Idempotency-Key',
  )
  expect((await lost.state()).applied).toBe(1)
})

test('repaired: it is asked for again by its key, and paid once', async ({ suite, payments, start }) => {
  const app = await start(repaired.payments)
  await using lost = await suite.intercept(CHARGE, drop('after'), { times: 1 })

  const run = await suite.record(() => order(app))

  expect([run.result.statusCode, payments.charged()]).toEqual([201, 1])
  expect(run).toRetry({ match: CHARGE, times: 1 })
  expect((await lost.state()).applied).toBe(1)
})

test('broken: payments that are down are asked four times for every order', async ({ suite, start }) => {
  const app = await start(broken.payments)
  await using down = await suite.intercept(CHARGE, reply({ status: 503 }))

  const run = await suite.repeat(5, () => orderStatus(app))

  const failure = showFailure(() => expect(run).toOpenCircuit({ after: 3 }))
  expect(failure).toContain('20 calls reached the wire in 5 operations (503 ×20), expected at most 3 before the circuit opens.')
  expect(showFailure(() => expect(run).toRetry({ match: CHARGE, times: { max: 2 } }))).toContain(
    '5 of 5 calls like POST /charges that failed were not tried again as expected: at most 2 retries.',
  )
  expect((await down.state()).applied).toBe(20)
})

test('repaired: after three failures nobody asks, after half a minute one looks whether they are back', async ({ suite, clock, start }) => {
  const app = await start(repaired.payments)
  const down = await suite.intercept(CHARGE, reply({ status: 503 }))

  const outage = await suite.repeat(10, () => orderStatus(app))
  expect(outage).toOpenCircuit({ after: 3 })
  expect(outage).toRetry({ match: CHARGE, times: { max: 2 } })
  expect(outage.outcomes.every((one) => one.status === 'fulfilled' && one.value === 503)).toBe(true)

  await clock.advance('30s')
  expect(await suite.repeat(5, () => orderStatus(app), { atOnce: true })).toProbeOnce()

  await down.remove()
  await clock.advance('30s')
  expect((await order(app)).statusCode).toBe(201)
})

test('broken: payments that say when to come back are asked at once', async ({ suite, start }) => {
  const app = await start(broken.payments)
  await using limit = await suite.intercept(CHARGE, reply({ status: 429, headers: { 'retry-after': 30 } }), { times: 1 })

  const run = await suite.record(() => order(app))

  expect(showFailure(() => expect(run).toRetry({ match: CHARGE }))).toMatch(
    /retry 1 came after [\d.]+ ms, and Retry-After said 30,000\.0 ms/,
  )
  expect((await limit.state()).applied).toBe(1)
})

test('repaired: who is told to come later is not asked again', async ({ suite, start }) => {
  const app = await start(repaired.payments)
  await using limit = await suite.intercept(CHARGE, reply({ status: 429, headers: { 'retry-after': 30 } }), { times: 1 })

  const run = await suite.record(() => order(app))

  expect(run.result.statusCode).toBe(503)
  expect(run).not.toRetry({ match: CHARGE, on: 429 })
  expect((await limit.state()).applied).toBe(1)
})

test('broken: payments that hang hold every order up, and its customer', async ({ suite, start }) => {
  const app = await start(broken.payments)
  await using silence = await suite.intercept(CHARGE, hang())

  const run = await suite.repeat(5, () => orderStatus(app), { atOnce: true, deadlineMs: 1_000 })

  expect(showFailure(() => expect(run).toOpenCircuit({ after: 3 }))).toContain('5 calls reached the wire in 5 operations (no answer ×5)')
  expect(run.outcomes.every(({ status }) => status === 'unsettled')).toBe(true)
  expect((await silence.state()).holding).toBe(5)
})

test('repaired: payments that hang are given up, and then left alone', async ({ suite, start }) => {
  const app = await start(repaired.payments)
  await using silence = await suite.intercept(CHARGE, hang())

  const run = await suite.repeat(5, () => orderStatus(app))

  expect(run).toOpenCircuit({ after: 3 })
  expect(run.outcomes.every(({ status }) => status === 'fulfilled')).toBe(true)
  expect((await silence.state()).applied).toBe(3)
})
