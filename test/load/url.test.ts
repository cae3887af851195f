import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startSuite, type Suite } from '../../src/index.js'

let suite: Suite<{ redis: {} }>
let server: Server
let url: string
let requests: string[] = []
let connections = 0

beforeAll(async () => {
  suite = await startSuite({ redis: {} })
  server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (text: string) => (body += text))
    request.on('end', () => {
      requests.push(`${request.method} ${request.url} ${request.headers['x-test'] ?? ''}${body}`)
      if (request.url === '/hangs') return
      response.statusCode = request.url === '/busy' ? 503 : 200
      response.end(request.url === '/busy' ? 'come back later' : 'ok')
    })
  })
  server.on('connection', () => (connections += 1))
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(async () => {
  server.closeAllConnections()
  server.close()
  await suite.dispose()
})

test('a URL is asked from a thread of its own, over connections that are kept', async () => {
  requests = []
  connections = 0
  const report = await suite.load(
    { url: `${url}/orders?of=7`, method: 'POST', headers: { 'x-test': 'a' }, body: '{"n":1}', connections: 3 },
    { rate: 200, for: { count: 30 } },
  )

  expect(report).toMatchObject({ target: `POST ${url}/orders?of=7`, counts: { issued: 30, succeeded: 30 }, generator: { place: 'thread' } })
  expect(new Set(requests)).toEqual(new Set(['POST /orders?of=7 a{"n":1}']))
  expect(requests).toHaveLength(30)
  expect(connections).toBeLessThanOrEqual(3)
})

test('a server that blocks its event loop is asked by the schedule all the same, and those who were due then waited', async () => {
  let asked = 0
  server.prependListener('request', () => {
    asked += 1
    const end = performance.now() + (asked === 10 ? 300 : 0)
    while (performance.now() < end);
  })
  const report = await suite.load(url, { rate: 100, for: { count: 60 } })

  expect(report.latency.count - report.latency.countUpTo(95)).toBeGreaterThanOrEqual(20)
  expect(report.counts.succeeded).toBe(60)
})

test('errors of HTTP, of connections, and silence are told apart', async () => {
  const kinds = async (path: string): Promise<readonly [string, number, string][]> =>
    (await suite.load(path, { rate: 500, for: { count: 3 }, timeoutMs: 200 })).errors.map(({ kind, count, first }) => [
      kind,
      count,
      first.message,
    ])
  const closed = createServer()
  await new Promise<void>((resolve) => void closed.listen(0, '127.0.0.1', resolve))
  const { port } = closed.address() as AddressInfo
  await new Promise((resolve) => closed.close(resolve))

  expect(await kinds(`${url}/busy`)).toEqual([['HTTP 503', 3, 'come back later']])
  expect(await kinds(`${url}/hangs`)).toMatchObject([['unsettled', 3, expect.stringContaining('had not settled')]])
  expect(await kinds(`http://127.0.0.1:${port}/`)).toMatchObject([['ECONNREFUSED', 3, `connect ECONNREFUSED 127.0.0.1:${port}`]])
})

test.each([
  ['127.0.0.1:3000', "Option 'url' must be a URL such as"],
  [{ url: 'ftp://127.0.0.1/' }, "Option 'url' must be a URL such as"],
  [{ url: 'http://127.0.0.1/', methd: 'GET' }, "Did you mean 'method'?"],
  [7, 'must be a function that makes one request, a URL, or'],
])('%j is refused', async (target, message) => {
  await expect(suite.load(target as never, { rate: 1, for: { count: 1 } })).rejects.toThrow(message)
})
