import { createClient } from 'redis'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { startSuite, type Suite, type Upstream, type UpstreamRoutes } from '../../../src/index.js'

type Both = Suite<{ postgres: {}; redis: {} }>
let suite: Both
let upstream: Upstream | undefined

beforeAll(async () => {
  suite = await startSuite({ postgres: {}, redis: {} })
})
afterEach(() => upstream?.stop())
afterAll(() => suite.dispose())

const ROUTES: UpstreamRoutes = {
  'POST /charges': { status: 201, headers: { 'X-Region': 'eu' }, body: { id: 'ch_1' } },
  'GET /shipments/:id': ({ params, query, json }) => ({ status: 200, body: { id: params['id'], full: query['full'], json } }),
  'GET /shipments/latest': { status: 200, body: 'the latest' },
  'GET /broken': () => ({ status: 42 }),
  'GET /throws': () => {
    throw new Error('out of paper')
  },
}

async function start(routes: UpstreamRoutes = ROUTES): Promise<string> {
  upstream = await suite.startUpstream({ name: 'payments', routes })
  return upstream.url
}

test('a call of an upstream stands between statements and commands on one timeline', async () => {
  const url = await start()
  const redis = createClient({ url: suite.redis.url })
  await redis.connect()
  const run = await suite.record(async () => {
    await redis.set('order:7', 'new')
    const charged = await fetch(`${url}/charges?currency=eur`, {
      method: 'POST',
      body: '{"amount":5}',
      headers: { 'Idempotency-Key': 'o7' },
    })
    await redis.set('order:7', 'paid')
    return charged.json()
  })
  await redis.close()
  expect(run.result).toEqual({ id: 'ch_1' })
  expect(run.calls).toHaveLength(1)
  const [call] = run.calls
  expect(call).toMatchObject({
    store: 'upstream',
    upstream: 'payments',
    method: 'POST',
    path: '/charges?currency=eur',
    route: 'POST /charges',
    request: { body: '{"amount":5}', headers: { 'idempotency-key': 'o7' } },
    status: 201,
    response: { body: '{"id":"ch_1"}', headers: { 'x-region': 'eu', 'content-type': 'application/json' } },
    error: undefined,
    problem: undefined,
    steered: undefined,
    bytes: { request: 12, reply: 13 },
  })
  const [before, , after] = run.timeline
  expect(before?.end).toBeLessThan(call?.start ?? 0)
  expect(call?.end).toBeLessThan(after?.start ?? 0)
  expect(
    String(run)
      .replaceAll(/ *[\d.]+ ms/g, ' N ms')
      .replaceAll(/#\d+/g, '#N')
      .replaceAll(/\d+ connections?/g, 'N connections'),
  ).toMatchInlineSnapshot(`
    " N ms: 0 statements, 2 commands, 1 call, N connections
     N ms  redis     #N  SET order:7                 → OK   took N ms
     N ms  payments  #N  POST /charges?currency=eur  → 201  took N ms
     N ms  redis     #N  SET order:7                 → OK   took N ms"
  `)
  expect(run.filter('POST /charges').timeline).toEqual([call])
  expect(run.filter('SET order:*').calls).toEqual([])
  expect(run.minus(run).timeline).toEqual([])
  expect(JSON.parse(JSON.stringify(run))).toMatchObject({
    timeline: [{ name: 'SET' }, { status: 201, upstream: 'payments' }, { name: 'SET' }],
  })
})

test('a function answers in the process of the test, and a route without placeholders goes first', async () => {
  const url = await start()
  const get = async (path: string): Promise<unknown> => (await fetch(url + path)).text()
  expect(await get('/shipments/a%2Fb?full=1')).toBe('{"id":"a/b","full":"1"}')
  expect(await get('/shipments/latest')).toBe('the latest')
})

test('functions of several upstreams answer at the same time', async () => {
  const waiting: (() => void)[] = []
  const meet = async (): Promise<{ status: number }> => {
    await new Promise<void>((resolve) => {
      waiting.push(resolve)
      if (waiting.length === 2) for (const go of waiting) go()
    })
    return { status: 200 }
  }
  const url = await start({ 'GET /': meet })
  await using other = await suite.startUpstream({ name: 'logistics', routes: { 'GET /': meet } })
  const answers = await Promise.all([fetch(url), fetch(other.url)])
  expect(answers.map(({ status }) => status)).toEqual([200, 200])
})

test('a route that nobody defined answers 501 and names those that are', async () => {
  const url = await start({ 'POST /charges': { status: 201 } })
  const run = await suite.record(() => fetch(`${url}/refunds/7`, { method: 'DELETE' }))
  expect(run.result.status).toBe(501)
  expect(await run.result.json()).toEqual({
    error: "the upstream 'payments' has no route DELETE /refunds/7.",
    defined: ['POST /charges'],
  })
  expect(run.calls[0]).toMatchObject({ route: undefined, problem: "the upstream 'payments' has no route DELETE /refunds/7" })
  expect(String(run)).toContain("DELETE /refunds/7  ✗ 501: the upstream 'payments' has no route DELETE /refunds/7")
})

test.each([
  ['/broken', "the function of GET /broken gave no answer: Option 'status' must be a whole number from 200 to 599, but is 42."],
  ['/throws', 'the function of GET /throws gave no answer: out of paper'],
])('a function without an answer is said in the call of %s', async (path, problem) => {
  const url = await start()
  const run = await suite.record(() => fetch(url + path))
  expect(run.result.status).toBe(500)
  expect(run.calls[0]?.problem?.split(' [')[0]).toBe(problem)
})

test('a client that goes away is told in its call', async () => {
  const controller = new AbortController()
  const url = await start({
    'GET /slow': () => {
      controller.abort()
      return new Promise(() => {})
    },
  })
  const run = await suite.record(() => fetch(`${url}/slow`, { signal: controller.signal }).catch((error: unknown) => (error as Error).name))
  expect(run.result).toBe('AbortError')
  expect(run.calls).toMatchObject([{ status: undefined, error: 'aborted by the client' }])
})

test('bodies are recorded up to 4 kB, and reach the function as a whole', async () => {
  const url = await start({ 'PUT /file': ({ body }) => ({ status: 200, body: body.toUpperCase() }) })
  const run = await suite.record(async () => (await fetch(`${url}/file`, { method: 'PUT', body: 'ä'.repeat(5_000) })).text())
  expect(run.result).toBe('Ä'.repeat(5_000))
  expect(run.calls[0]?.bytes).toEqual({ request: 10_000, reply: 10_000 })
  expect(run.calls[0]?.request.body).toBe('ä'.repeat(2_048))
})

test('passThrough leaves an upstream answering, unrecorded', async () => {
  const url = await start()
  await using unread = await suite.passThrough()
  const run = await suite.record(() => fetch(`${url}/charges`, { method: 'POST', headers: { connection: 'close' } }))
  expect([run.result.status, run.calls.length]).toEqual([201, 0])
  expect(unread).toBeDefined()
})

test('an upstream ends with its suite, and leaves no port', async () => {
  const own = await startSuite({ redis: {} })
  const { url } = await own.startUpstream({ routes: { 'GET /': { status: 204 } } })
  expect((await fetch(url)).status).toBe(204)
  await own.dispose()
  await expect(fetch(url)).rejects.toThrow('fetch failed')
})

test.each<[Parameters<Both['startUpstream']>[0], string]>([
  [{ routes: { '/charges': { status: 200 } } }, "The route '/charges' is none."],
  [{ routes: { 'FETCH /x': { status: 200 } } }, "The route 'FETCH /x' is none."],
  [{ routes: { 'GET /x?y=1': { status: 200 } } }, "The route 'GET /x?y=1' is none."],
  [{ routes: { 'GET /x': { status: 100 } } }, "Option 'status' must be a whole number from 200 to 599, but is 100."],
  [{ routes: { 'GET /x': { status: 204, body: 'x' } } }, 'The answer of GET /x has a body, and a 204 has none.'],
  [{ routes: { 'GET /x': { status: 200, headers: { 'a b': 'x' } } } }, 'Option \'headers\' must be texts by name, but is "a b".'],
  [{ routes: { 'GET /x': { status: 200, headers: { a: 'x\r\ny' } } } }, "Option 'a' must be a header's text, but is \"x\\r\\ny\"."],
  [{ name: 'two words', routes: {} }, `Option 'name' must be up to 40 letters, digits, _ and -, but is "two words".`],
])('%j is refused', async (options, message) => {
  await expect(suite.startUpstream(options)).rejects.toThrow(message)
})

test('a name is given once at a time', async () => {
  await start()
  await expect(start()).rejects.toThrow("The suite has an upstream named 'payments' already.")
  await upstream?.stop()
  expect(await start()).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
})

test('a blocked event loop of the test does not keep an upstream from answering others', async () => {
  const url = await start()
  const { execFileSync } = await import('node:child_process')
  const script = `fetch(${JSON.stringify(`${url}/charges`)}, { method: 'POST' }).then(async (answer) => process.stdout.write(await answer.text()))`
  expect(execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' })).toBe('{"id":"ch_1"}')
})
