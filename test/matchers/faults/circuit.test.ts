import { circuitBreaker, ConsecutiveBreaker, ExponentialBackoff, handleAll, retry, wrap } from 'cockatiel'
import CircuitBreaker from 'opossum'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { hang, hold, reply, startSuite, type HttpAnswer, type Rule, type Suite, type Upstream } from '../../../src/index.js'
import { toOpenCircuit } from '../../../src/matchers/faults/to-open-circuit.js'
import { toProbeOnce } from '../../../src/matchers/faults/to-probe-once.js'
import { record, sql } from '../../wire/recording/traffic.js'
import { masked } from './masked.js'

let suite: Suite<{ redis: {} }>
let payments: Upstream
let rule: Rule | undefined
const ends: (() => void)[] = []

beforeAll(async () => {
  suite = await startSuite({ redis: {} }, { clock: { timers: ['opossum'] } })
  payments = await suite.startUpstream({ name: 'payments', routes: { 'POST /charges': { status: 201, body: { id: 'ch_1' } } } })
})
afterEach(async () => {
  await rule?.remove()
  rule = undefined
  for (const end of ends.splice(0)) end()
})
afterAll(() => suite.dispose())

async function charge(): Promise<unknown> {
  const response = await fetch(`${payments.url}/charges`, { method: 'POST' })
  if (!response.ok) throw new Error(`payments answered ${response.status}`)
  return response.json()
}

async function fail(answer: HttpAnswer = { status: 503 }): Promise<void> {
  rule = await suite.intercept('POST /charges', reply(answer))
}

function opossum(): () => Promise<unknown> {
  const breaker = new CircuitBreaker(charge, { timeout: false, errorThresholdPercentage: 50, volumeThreshold: 3, resetTimeout: 30_000 })
  ends.push(() => breaker.shutdown())
  return () => breaker.fire()
}

function cockatiel(attempts = 1): () => Promise<unknown> {
  const breaker = circuitBreaker(handleAll, { halfOpenAfter: 30_000, breaker: new ConsecutiveBreaker(3) })
  if (attempts === 1) return () => breaker.execute(charge)
  const again = retry(handleAll, { maxAttempts: attempts - 1, backoff: new ExponentialBackoff({ initialDelay: 1, maxDelay: 1 }) })
  const policy = wrap(breaker, again)
  return () => policy.execute(charge)
}

test.each([
  ['opossum', opossum],
  ['cockatiel', cockatiel],
])('%s opens after three failures, and lets one probe through when its time is over', async (_name, create) => {
  await fail()
  const buy = create()
  const down = await suite.repeat(10, buy)
  expect(down.calls).toHaveLength(3)
  expect(toOpenCircuit(down, { after: 3 }).pass).toBe(true)
  expect(down.outcomes.at(-1)).toMatchObject({ participant: 10, status: 'rejected' })

  await suite.clock.advance('30s')
  const halfOpen = await suite.repeat(5, buy, { atOnce: true })
  expect(halfOpen.calls).toHaveLength(1)
  expect(toProbeOnce(halfOpen).pass).toBe(true)

  await rule?.remove()
  await suite.clock.advance('30s')
  const back = await suite.repeat(5, buy, { atOnce: true })
  expect(toProbeOnce(back).pass).toBe(true)
  expect(back.outcomes.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThan(0)
  await suite.reset()
})

test('without a breaker every operation reaches the wire', async () => {
  await fail()
  const run = await suite.repeat(6, charge)
  expect(toOpenCircuit(run, { after: 3 }).pass).toBe(false)
  expect(masked(toOpenCircuit(run, { after: 3 }).message())).toMatchInlineSnapshot(`
    "6 calls reached the wire in 6 operations (503 ×6), expected at most 3 before the circuit opens.
      in N ms: 0 statements, 0 commands, 6 calls, N connections
      ✗ N ms  payments  #N  POST /charges  ✗ 503 (answered by a rule)  took N ms
      ✗ N ms  payments  #N  POST /charges  ✗ 503 (answered by a rule)  took N ms
      ✗ N ms  payments  #N  POST /charges  ✗ 503 (answered by a rule)  took N ms
      operation 4: rejected with Error: payments answered 503
      operation 5: rejected with Error: payments answered 503
      operation 6: rejected with Error: payments answered 503
      timeline:
     N ms  payments  #N  POST /charges  ✗ 503 (answered by a rule)  took N ms
     N ms  payments  #N  POST /charges  ✗ 503 (answered by a rule)  took N ms
     N ms  payments  #N  POST /charges  ✗ 503 (answered by a rule)  took N ms
      ✗ N ms  payments  #N  POST /charges  ✗ 503 (answered by a rule)  took N ms
      ✗ N ms  payments  #N  POST /charges  ✗ 503 (answered by a rule)  took N ms
      ✗ N ms  payments  #N  POST /charges  ✗ 503 (answered by a rule)  took N ms
      Stop asking when so many have failed: one circuit breaker around it, shared by all callers."
  `)
  expect(toOpenCircuit(run, { after: 3, match: 'POST /charges' }).message()).toMatch(/^6 requests like POST \/charges reached the wire/)
})

test('a breaker around a retry counts operations, and the wire sees three attempts for each', async () => {
  await fail()
  const run = await suite.repeat(10, cockatiel(3))
  expect(toOpenCircuit(run, { after: 3 }).message()).toMatch(/^9 calls reached the wire in 10 operations \(503 ×9\), expected at most 3/)
  expect(toOpenCircuit(run, { after: 9 }).pass).toBe(true)
})

test('a breaker for each caller opens for each of them', async () => {
  await fail()
  const run = await suite.repeat(5, () => opossum()())
  expect(toOpenCircuit(run, { after: 3 }).pass).toBe(false)
})

test('a breaker that opens fails the opposite', async () => {
  await fail()
  const run = await suite.repeat(5, cockatiel())
  expect(masked(toOpenCircuit(run, { after: 3 }).message())).toMatchInlineSnapshot(`
    "3 calls reached the wire in 5 operations (503 ×3), then none in 2 operations: the circuit opened, and should not.
      in N ms: 0 statements, 0 commands, 3 calls, N connections
      operation 4: rejected with Error: Execution prevented because the circuit breaker is open
      operation 5: rejected with Error: Execution prevented because the circuit breaker is open
      timeline:
      ✗ N ms  payments  #N  POST /charges  ✗ 503 (answered by a rule)  took N ms
      ✗ N ms  payments  #N  POST /charges  ✗ 503 (answered by a rule)  took N ms
      ✗ N ms  payments  #N  POST /charges  ✗ 503 (answered by a rule)  took N ms"
  `)
})

test('without a time-out the first operation hangs, and the others are not begun', async () => {
  rule = await suite.intercept({ upstream: 'payments' }, hang())
  const controller = new AbortController()
  const run = await suite.repeat(5, () => fetch(`${payments.url}/charges`, { method: 'POST', signal: controller.signal }), {
    deadlineMs: 100,
  })
  controller.abort()
  expect(run.outcomes).toMatchObject([{ participant: 1, status: 'unsettled', settledAt: undefined }])
  expect(() => toOpenCircuit(run, { after: 3 })).toThrow(
    '1 of 1 operation reached the wire, and none was tried after that: nothing tells whether the circuit opened.',
  )
})

test('callers that are not kept back all probe', async () => {
  await fail()
  const run = await suite.repeat(3, charge, { atOnce: true })
  expect(toProbeOnce(run).pass).toBe(false)
  expect(masked(toProbeOnce(run).message())).toMatchInlineSnapshot(`
    "3 calls reached the wire for 3 operations around the probe, which failed, expected one.
      in N ms: 0 statements, 0 commands, 3 calls, N connections
      ✗ N ms  payments  #N  POST /charges  ✗ 503 (answered by a rule)  took N ms
      ✗ N ms  payments  #N  POST /charges  ✗ 503 (answered by a rule)  took N ms
      operation 1: rejected with Error: payments answered 503
      operation 2: rejected with Error: payments answered 503
      operation 3: rejected with Error: payments answered 503
      timeline:
     N ms  payments  #N  POST /charges  ✗ 503 (answered by a rule)  took N ms
      ✗ N ms  payments  #N  POST /charges  ✗ 503 (answered by a rule)  took N ms
      ✗ N ms  payments  #N  POST /charges  ✗ 503 (answered by a rule)  took N ms
      A probe that fails opens the circuit again: nothing follows before its time is over once more."
  `)
})

test('calls after a probe that succeeded are none of it', async () => {
  const gate = (rule = await suite.intercept('POST /charges', hold(), { times: 1 }))
  let probing: Promise<unknown> | undefined
  const single = (): Promise<unknown> => (probing ??= charge())
  const run = suite.repeat(
    3,
    async () => {
      await single()
      return charge()
    },
    { atOnce: true },
  )
  await gate.arrived()
  await gate.release()
  expect(toProbeOnce(await run).pass).toBe(true)
  expect((await run).calls).toHaveLength(4)
  expect(masked(toProbeOnce(await run).message()).split('\n')[0]).toMatchInlineSnapshot(
    `"1 call reached the wire for 3 operations around the probe, which was answered, and it was the only one."`,
  )
})

test('what proves nothing is thrown', async () => {
  const well = await suite.repeat(3, charge)
  expect(() => toOpenCircuit(well, { after: 3 })).toThrow('None of 3 attempts failed, so the circuit had no reason to open.')
  expect(() => toProbeOnce(well)).toThrow('only one operation was tried while the probe was on its way')
  const silent = await suite.repeat(3, () => 1)
  expect(() => toOpenCircuit(silent, { after: 3 })).toThrow('none of the 3 operations reached the wire with a call')
  expect(() => toProbeOnce(silent, { match: 'GET user:*' })).toThrow('none of the 3 operations reached the wire with GET user:*')
  const lost = await suite.repeat(3, () => fetch(`${payments.url}/refunds`))
  expect(() => toOpenCircuit(lost, { after: 3 })).toThrow(
    "a call was answered 501 by hotbed, since the upstream 'payments' has no route GET /refunds",
  )
  expect(() => toOpenCircuit(record([sql('SELECT 1')]), { after: 3 })).toThrow(
    'toOpenCircuit judges operations that were tried, and was given a recording.',
  )
})

test('options that are none are refused', async () => {
  const run = await suite.repeat(1, charge)
  expect(() => toOpenCircuit(run, { after: 0 })).toThrow("Option 'after' must be a whole number from 1 on, but is 0.")
  expect(() => toProbeOnce(run, { after: 1 } as {})).toThrow("toProbeOnce() has no option 'after'.")
  await expect(suite.repeat(0, charge)).rejects.toThrow("Option 'n' must be a whole number from 1 to 1000, but is 0.")
  await expect(suite.repeat(1, charge, { atOnce: 1 as unknown as boolean })).rejects.toThrow(
    "Option 'atOnce' must be true or false, but is 1.",
  )
})
