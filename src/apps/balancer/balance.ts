import { Agent, createServer, request as httpRequest, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Address } from '../send-request.js'

/** What is served, in the order of the rotation. */
export interface Upstream extends Address {
  /** For the answer of the balancer itself. */
  readonly name: string
}

/** An HTTP server that passes each request on to the next of several. */
export interface Balance {
  readonly server: Server
  /** From the next request on. */
  readonly serve: (upstreams: readonly Upstream[]) => void
}

/** Of one connection, not of the message (RFC 9110, 7.6.1). */
const HOP_BY_HOP: ReadonlySet<string> = new Set([
  'connection',
  'expect',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/**
 * Requests, not connections, go round: with a client that keeps its connection all of its requests would go to one instance. An instance that
 * refuses the connection is passed over; what an instance got and did not answer is not sent again, as by a load balancer without retries.
 */
export function createBalance(): Balance {
  const agent = new Agent({ keepAlive: true, noDelay: true, maxFreeSockets: 1_024 })
  let rotation: readonly Upstream[] = []
  let turn = 0

  const pass = (request: IncomingMessage, response: ServerResponse, left: readonly Upstream[]): void => {
    const [upstream, ...others] = left
    if (upstream === undefined) {
      answer(response, 503, 'no instance is there')
      return
    }
    const { host, port, name } = upstream
    const passed = httpRequest({
      host,
      port,
      agent,
      method: request.method ?? 'GET',
      path: request.url ?? '/',
      headers: forwarded(request),
      setHost: false,
    })
    let isConnected = false
    const begin = (): void => {
      isConnected = true
      request.pipe(passed)
    }
    passed.once('socket', (socket) => (socket.connecting ? socket.once('connect', begin) : begin()))
    passed.once('response', (received) => {
      response.writeHead(received.statusCode ?? 502, received.statusMessage ?? '', endToEnd(received.rawHeaders))
      received.pipe(response)
      // An answer that breaks off does so for the client, too.
      received.once('error', () => response.destroy())
    })
    passed.once('error', (error: NodeJS.ErrnoException) => {
      if (response.destroyed) return
      if (!isConnected) pass(request, response, others)
      else if (response.headersSent) response.destroy()
      else answer(response, 502, `${name} did not answer: ${error.code ?? error.message}`)
    })
    response.once('close', () => {
      if (!response.writableFinished) passed.destroy()
    })
  }

  const server = createServer({ noDelay: true, keepAliveTimeout: 0, requestTimeout: 0 }, (request, response) => {
    const first = rotation.length === 0 ? 0 : turn % rotation.length
    turn += 1
    pass(request, response, [...rotation.slice(first), ...rotation.slice(0, first)])
  })
  return {
    server,
    serve: (upstreams) => {
      rotation = upstreams
    },
  }
}

function forwarded(request: IncomingMessage): readonly string[] {
  const from = request.socket.remoteAddress ?? ''
  const before = request.headers['x-forwarded-for']
  return [
    ...endToEnd(request.rawHeaders).flatMap((text, index, all) =>
      (all[index - (index % 2)] ?? '').toLowerCase() === 'x-forwarded-for' ? [] : [text],
    ),
    'X-Forwarded-For',
    before === undefined ? from : `${String(before)}, ${from}`,
    // Without a length, the length of a body that came in chunks is not known here either.
    ...(request.headers['transfer-encoding'] === undefined ? [] : ['Transfer-Encoding', 'chunked']),
  ]
}

/** Names and values in turn. */
function endToEnd(raw: readonly string[]): string[] {
  return raw.filter((_, index) => !HOP_BY_HOP.has((raw[index - (index % 2)] ?? '').toLowerCase()))
}

function answer(response: ServerResponse, status: number, text: string): void {
  if (response.headersSent || response.destroyed) return
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' })
  response.end(`${text}\n`)
}
