import { ConstantBackoff, ExponentialBackoff, handleAll, noJitterGenerator, retry } from 'cockatiel'
import { Agent, interceptors, request } from 'undici'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { drop, reply, startSuite, type HttpAnswer, type RuleAction, type Recording, type Suite, type Upstream } from '../../../src/index.js'
import type { CallRetryExpectation } from '../../../src/matchers/races/call-retry.js'
import { toRetry } from '../../../src/matchers/races/to-retry.js'
import { masked } from '../faults/masked.js'

let suite: Suite<{ redis: {} }>
let partner: Upstream
const ends: (() => Promise<void>)[] = []

beforeAll(async () => {
  suite = await startSuite({ redis: {} })
  partner = await suite.startUpstream({
    name: 'partner',
    routes: {
      'POST /charges': { status: 201 },
      'GET /shipments/:id': { status: 200, body: { state: 'sent' } },
      'GET /meeting': meet,
    },
  })
})
afterEach(async () => {
  for (const end of ends.splice(0)) await end()
})
afterAll(() => suite.dispose())

const waiting: (() => void)[] = []

/** Answers when two have asked. */
async function meet(): Promise<HttpAnswer> {
  await new Promise<void>((resolve) => {
    waiting.push(resolve)
    if (waiting.length >= 2) for (const go of waiting) go()
  })
  return { status: 503 }
}

const SHIPMENT = 'GET /shipments/:id'

async function ask(method: string, path: string, headers: Readonly<Record<string, string>> = {}): Promise<void> {
  const response = await fetch(partner.url + path, { method, headers, ...(method === 'POST' ? { body: '{"amount":5}' } : {}) })
  await response.text()
  if (!response.ok) throw new Error(`the partner answered ${response.status}`)
}

const attempts = (times: number, act: () => Promise<void>, delayMs = 0): Promise<void> =>
  retry(handleAll, { maxAttempts: times, backoff: new ConstantBackoff(delayMs) }).execute(act)

/** What is recorded when the first so many calls meet a rule. */
async function run(action: RuleAction, times: number, act: () => Promise<unknown>): Promise<Recording> {
  const rule = await suite.intercept({ upstream: 'partner' }, action, { times })
  const recording = await suite.record(() => act().catch(() => {}))
  await rule.remove()
  return recording
}

function judge(recording: Recording, expectation: CallRetryExpectation): string {
  const { pass, message } = toRetry(recording, expectation)
  return pass ? 'passes' : masked(message()).split('\n').slice(0, 4).join('\n')
}

test('a read that is tried again until it is answered passes', async () => {
  const recording = await run(reply({ status: 503 }), 2, () => attempts(3, () => ask('GET', '/shipments/7')))
  expect(recording.calls).toHaveLength(3)
  expect(judge(recording, { match: SHIPMENT, times: 2 })).toBe('passes')
  expect(toRetry.call({ isNot: true }, recording, { match: SHIPMENT }).pass).toBe(true)
})

test('the retry handler of undici waits longer each time', async () => {
  const agent = new Agent().compose(interceptors.retry({ maxRetries: 2, minTimeout: 5, timeoutFactor: 2 }))
  ends.push(() => agent.close())
  const recording = await run(reply({ status: 503 }), 2, async () => {
    const { body } = await request(`${partner.url}/shipments/7`, { dispatcher: agent })
    await body.text()
  })
  expect(judge(recording, { match: SHIPMENT, times: 2, backoffMs: [5, 10] })).toBe('passes')
  expect(judge(recording, { match: SHIPMENT, times: 2, backoffMs: [5, 60_000] })).toContain(
    'retry 2 came after N ms, expected at least N ms',
  )
})

test('the exponential back-off of cockatiel waits longer each time', async () => {
  const policy = retry(handleAll, {
    maxAttempts: 2,
    backoff: new ExponentialBackoff({ initialDelay: 4, exponent: 2, generator: noJitterGenerator }),
  })
  const recording = await run(reply({ status: 503 }), 5, () => policy.execute(() => ask('GET', '/shipments/7')))
  expect(recording.calls).toHaveLength(3)
  expect(judge(recording, { match: SHIPMENT, times: 2, backoffMs: [4, 8] })).toBe('passes')
})

test('a storm: many tries, and no wait between them', async () => {
  const rule = await suite.intercept(SHIPMENT, reply({ status: 503 }))
  const recording = await suite.repeat(2, () => attempts(8, () => ask('GET', '/shipments/7')))
  await rule.remove()
  expect(masked(toRetry(recording, { match: SHIPMENT, times: { max: 2 }, backoffMs: 1_000 }).message())).toMatchInlineSnapshot(`
    "2 of 2 calls like GET /shipments/:id that failed were not tried again as expected: at most 2 retries.
      in N ms: 0 statements, 0 commands, 18 calls, N connections
      18 calls for 2 operations
      ✗ GET /shipments/7: retry 1 came after N ms, expected at least N ms
        attempt 1  #N  ✗ 503 (answered by a rule)
        attempt 2  #N  ✗ 503 (answered by a rule)  after N ms
        attempt 3  #N  ✗ 503 (answered by a rule)  after N ms
        … and 6 more
      ✗ GET /shipments/7: retry 1 came after N ms, expected at least N ms
        attempt 1  #N  ✗ 503 (answered by a rule)
        attempt 2  #N  ✗ 503 (answered by a rule)  after N ms
        attempt 3  #N  ✗ 503 (answered by a rule)  after N ms
        … and 6 more
      timeline:
      ✗ N ms  partner  #N  GET /shipments/7  ✗ 503 (answered by a rule)  took N ms
      ✗ N ms  partner  #N  GET /shipments/7  ✗ 503 (answered by a rule)  took N ms
      ✗ N ms  partner  #N  GET /shipments/7  ✗ 503 (answered by a rule)  took N ms
      ✗ N ms  partner  #N  GET /shipments/7  ✗ 503 (answered by a rule)  took N ms
      ✗ N ms  partner  #N  GET /shipments/7  ✗ 503 (answered by a rule)  took N ms
        … 13 after
      Wait longer before each retry, as long as Retry-After says where it does, and give up after a few."
  `)
  expect(judge(recording, { match: SHIPMENT, times: { max: 20 } })).toBe('passes')
})

test('a charge without a key that may have been carried out is not repeated blindly', async () => {
  const recording = await run(drop('after'), 1, () => attempts(1, () => ask('POST', '/charges')))
  expect(judge(recording, { match: 'POST /charges' })).toMatchInlineSnapshot(`
    "1 of 1 call like POST /charges that failed was not tried again as expected: at least 1 retry.
      in N ms: 0 statements, 0 commands, 2 calls, N connections
      2 calls
      ✗ POST /charges: retry 1 repeats what may have been carried out (cut after the upstream had carried it out) without an Idempotency-Key"
  `)
  expect(judge(recording, { match: 'POST /charges', idempotent: true })).toBe('passes')
})

test('a charge with one key for all attempts is repeated safely, with another for each it is not', async () => {
  const safe = await run(drop('after'), 1, () => attempts(1, () => ask('POST', '/charges', { 'Idempotency-Key': 'order-7' })))
  expect(judge(safe, { match: 'POST /charges', times: 1 })).toBe('passes')
  let key = 0
  const unsafe = await run(drop('after'), 1, () => attempts(1, () => ask('POST', '/charges', { 'Idempotency-Key': `${(key += 1)}` })))
  expect(judge(unsafe, { match: 'POST /charges' })).toContain(
    'retry 1 repeats what may have been carried out (cut after the upstream had carried it out) with another Idempotency-Key',
  )
})

test('a charge that the upstream refused may be repeated', async () => {
  const recording = await run(reply({ status: 429 }), 1, () => attempts(1, () => ask('POST', '/charges')))
  expect(judge(recording, { match: 'POST /charges', times: 1 })).toBe('passes')
})

test('Retry-After is waited for, by the clock of the suite', async () => {
  const limited = reply({ status: 429, headers: { 'retry-after': 30 } })
  const eager = await run(limited, 1, () => attempts(1, () => ask('GET', '/shipments/7')))
  expect(judge(eager, { match: SHIPMENT })).toContain('retry 1 came after N ms, and Retry-After said N ms')
  expect(judge(eager, { match: SHIPMENT, retryAfter: false })).toBe('passes')
  const patient = await run(limited, 1, async () => {
    await ask('GET', '/shipments/7').catch(() => suite.clock.advance('30s'))
    await ask('GET', '/shipments/7')
  })
  expect(judge(patient, { match: SHIPMENT })).toBe('passes')
  await suite.reset()
})

test('nobody tried again', async () => {
  const recording = await run(reply({ status: 503 }), 1, () => ask('GET', '/shipments/7'))
  expect(masked(toRetry(recording, { match: SHIPMENT }).message())).toMatchInlineSnapshot(`
    "1 of 1 call like GET /shipments/:id that failed was not tried again as expected: at least 1 retry.
      in N ms: 0 statements, 0 commands, 1 call, N connections
      1 call
      ✗ GET /shipments/7: nobody tried again
        attempt 1  #N  ✗ 503 (answered by a rule)
      timeline:
      ✗ N ms  partner  #N  GET /shipments/7  ✗ 503 (answered by a rule)  took N ms
      Try what may go well the next time again, a few times, with a back-off."
  `)
  expect(judge(recording, { match: SHIPMENT, times: 0 })).toBe('passes')
  expect(toRetry.call({ isNot: true }, recording, { match: SHIPMENT }).pass).toBe(false)
})

test('each of several that fail alike needs its own retry', async () => {
  const recording = await suite.record(async () => {
    await Promise.allSettled([ask('GET', '/meeting'), ask('GET', '/meeting')])
    await ask('GET', '/meeting').catch(() => {})
  })
  expect(judge(recording, { match: 'GET /meeting' })).toMatch(/^1 of 2 calls like GET \/meeting that failed was not tried again/)
})

test('what the client did wrong is not to be tried again, unless it is named', async () => {
  const recording = await run(reply({ status: 409 }), 1, () => attempts(1, () => ask('GET', '/shipments/7')))
  expect(() => toRetry(recording, { match: SHIPMENT })).toThrow(
    'No call like GET /shipments/:id failed so, so there was nothing to try again: 2 calls.',
  )
  expect(judge(recording, { match: SHIPMENT, on: 409, times: 1 })).toBe('passes')
})

test.each<[unknown, string]>([
  [{ match: SHIPMENT, on: '503' }, 'Option \'on\' must be a status such as 503, or several, but is "503".'],
  [{ match: SHIPMENT, backoffMs: -1 }, "Option 'backoffMs' must be milliseconds from 0 on, or several, but is -1."],
  [{ match: SHIPMENT, retryAfter: 1 }, "Option 'retryAfter' must be true or false, but is 1."],
  [{ match: SHIPMENT, time: 1 }, "toRetry() of calls has no option 'time'."],
  [{ match: 'UPDATE seats' }, 'toRetry tells retries of calls by match, and UPDATE seats means none.'],
])('%j is refused', async (expectation, message) => {
  const recording = await suite.record(() => ask('GET', '/shipments/7'))
  expect(() => toRetry(recording, expectation as CallRetryExpectation)).toThrow(message)
})
