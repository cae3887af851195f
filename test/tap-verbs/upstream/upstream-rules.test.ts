import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import {
  delay,
  drop,
  hang,
  hold,
  refuse,
  reply,
  reset,
  startSuite,
  throttle,
  truncate,
  type RuleAction,
  type RuleMatch,
  type Suite,
  type Upstream,
} from '../../../src/index.js'

type Both = Suite<{ postgres: {}; redis: {} }>
let suite: Both
let payments: Upstream
let charges = 0

beforeAll(async () => {
  suite = await startSuite({ postgres: {}, redis: {} })
})
beforeEach(async () => {
  charges = 0
  payments = await suite.startUpstream({
    name: 'payments',
    routes: {
      'POST /charges': () => ({ status: 201, body: { id: `ch_${(charges += 1)}` } }),
      'GET /charges/:id': { status: 200, body: 'x'.repeat(100) },
    },
  })
})
afterEach(() => payments.stop())
afterAll(() => suite.dispose())

async function charge(options: RequestInit = {}): Promise<string> {
  return told(fetch(`${payments.url}/charges`, { method: 'POST', ...options }))
}

/** Status and body, or why there is none. */
async function told(answer: Promise<Response>): Promise<string> {
  try {
    const response = await answer
    return `${response.status} ${await response.text()}`
  } catch (error) {
    const { cause, name } = error as Error
    return cause instanceof Error && 'code' in cause ? String(cause.code) : name
  }
}

test.each<[string, RuleAction, string, number, string | undefined, string | undefined]>([
  ['reply', reply({ status: 429, headers: { 'Retry-After': 1 }, body: 'slow down' }), '429 slow down', 0, 'answered by a rule', '429'],
  ['drop before', drop('before'), 'UND_ERR_SOCKET', 0, 'dropped before the server had it', 'cut before the upstream had it'],
  ['drop after', drop('after'), 'UND_ERR_SOCKET', 1, 'dropped after the server had it', 'cut after the upstream had carried it out'],
  ['reset', reset(), 'ECONNRESET', 0, 'reset', 'reset'],
  ['truncate', truncate(3), 'UND_ERR_SOCKET', 1, 'truncated to 3 bytes', 'truncated after 3 bytes'],
])('%s', async (_name, action, client, carriedOut, steered, error) => {
  const rule = await suite.intercept('POST /charges', action, { times: 1 })
  const run = await suite.record(charge)
  expect([run.result, charges]).toEqual([client, carriedOut])
  expect(run.calls).toMatchObject([{ steered, error, route: 'POST /charges' }])
  expect(await charge()).toBe(`201 {"id":"ch_${carriedOut + 1}"}`)
  expect(await rule.remove()).toMatchObject({ seen: 2, applied: 1 })
})

test('a body that is shorter than what it is truncated to is cut all the same', async () => {
  await using rule = await suite.intercept('POST /charges', truncate(1_000))
  expect(await charge()).toBe('UND_ERR_SOCKET')
  expect((await rule.state()).applied).toBe(1)
})

test('a gate holds calls until two are there', async () => {
  await using gate = await suite.intercept({ http: 'POST /charges', upstream: 'payments' }, hold({ parties: 2 }))
  const run = await suite.record(() => Promise.all([charge(), charge()]))
  expect(run.result.toSorted()).toEqual(['201 {"id":"ch_1"}', '201 {"id":"ch_2"}'])
  expect((await gate.state()).outcome).toBe('all parties arrived')
  expect(run.calls.every(({ steered }) => steered?.startsWith('held') === true)).toBe(true)
})

test('a call that hangs is answered by nobody, and a client that gives up frees its place', async () => {
  const rule = await suite.intercept({ upstream: 'payments' }, hang())
  const controller = new AbortController()
  const run = await suite.record(async () => {
    const charging = charge({ signal: controller.signal })
    await rule.arrived()
    controller.abort()
    return charging
  })
  expect(run.result).toBe('AbortError')
  expect(run.calls).toMatchObject([{ error: 'aborted by the client', status: undefined }])
  expect(await rule.remove()).toMatchObject({ applied: 1, holding: 0 })
  expect(charges).toBe(0)
})

test('a delayed call is carried out when it is sent on', async () => {
  await using rule = await suite.intercept('/charges', delay(5))
  const run = await suite.record(charge)
  expect(run.result).toBe('201 {"id":"ch_1"}')
  expect(run.calls[0]?.steered).toMatch(/^delayed \d+ ms$/)
  expect((await rule.state()).applied).toBe(1)
})

test('a refused upstream is down as a whole, and back on its port', async () => {
  const rule = await suite.intercept({ upstream: 'payments' }, refuse())
  expect(await charge()).toBe('ECONNREFUSED')
  await rule.remove()
  expect(await charge()).toBe('201 {"id":"ch_1"}')
})

test.each<[RuleMatch, number]>([
  ['POST /charges', 1],
  ['post /charges', 1],
  ['/charges', 1],
  ['GET /charges/:id', 1],
  ['GET /charges/*', 1],
  ['GET /charges/7', 1],
  ['GET /charges', 0],
  [{ http: '/charges' }, 1],
  [{ http: /^GET .*full=1/ }, 1],
  [{ http: /full=1/, upstream: 'logistics' }, 0],
  [{ upstream: 'payments' }, 2],
  [({ upstream, method }) => upstream === 'payments' && method === 'GET', 1],
])('the match %s means %i of a POST /charges and a GET /charges/7?full=1', async (match, count) => {
  const rule = await suite.intercept(match, delay(0))
  await charge()
  await told(fetch(`${payments.url}/charges/7?full=1`))
  expect((await rule.remove()).applied).toBe(count)
})

test('a Redis key that begins with a slash is written with the command beside it', async () => {
  const rules = await Promise.all([suite.intercept({ redis: 'GET', key: '/page' }, delay(0)), suite.intercept('GET /page', delay(0))])
  const { createClient } = await import('redis')
  const client = createClient({ url: suite.redis.url })
  await client.connect()
  await client.get('/page')
  await client.close()
  const states = await Promise.all(rules.map((rule) => rule.remove()))
  expect(states.map(({ applied }) => applied)).toEqual([1, 0])
})

test('who waits for a call that does not come hears of what came instead', async () => {
  const rule = await suite.intercept('POST /refunds', hang())
  await charge()
  await expect(rule.arrived(1, { timeoutMs: 1 })).rejects.toThrow(
    'Waited 1 ms for a request at the rule POST /refunds → hang; 0 came. [ERR_HOTBED_TIMEOUT]\n  → Nearest of what came instead: POST /charges',
  )
  await rule.remove()
})

test.each<[RuleMatch, RuleAction, string]>([
  ['POST /charges', reply({ error: '40001' }), 'A call of an upstream is answered with a status.'],
  ['POST /charges', reply(null), 'A call of an upstream is answered with a status.'],
  ['GET user:*', reply({ status: 503 }), 'Only calls of an upstream are answered with a status.'],
  ['redis', truncate(1), 'truncate is for calls of an upstream.'],
  ['POST /charges', refuse(), 'refuse acts on connections, which are there before any call.'],
  [{ upstream: 'payments' }, throttle(10), 'throttle acts on stores, not on upstreams.'],
  ['UPDATE seats', refuse(), 'refuse acts on connections, which are there before any request.'],
  [
    { http: 'charges' },
    delay(0),
    `Option 'http' must be a method and a path, such as 'POST /charges', or a regular expression, but is "charges".`,
  ],
  ['/*x', delay(0), "'/*x' begins neither an SQL statement nor a Redis command"],
  ['GET /x?y=1', delay(0), `Option 'http' must be a method and a path`],
])('%s cannot %j', async (match, action, message) => {
  await expect(suite.intercept(match, action)).rejects.toThrow(message)
})

test('answers that no server could give are refused', () => {
  expect(() => reply({ status: 700 })).toThrow("Option 'status' must be a whole number from 200 to 599, but is 700.")
  expect(() => truncate(-1)).toThrow("Option 'truncate' must be bytes from 0 on, but is -1.")
})
