import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { PlainHttpAnswer } from '../http/http-answer.js'
import { keep, startCall, type LiveCall } from '../http/live-call.js'
import type { PlainUpstreamRequest, UpstreamReply, UpstreamSpec } from '../http/upstream-spec.js'
import type { Fate } from './fate.js'
import { createRouter, headersOf, plainRequest, readBody, type FoundRoute } from './upstream-request.js'

/** What an upstream tells the suite that it belongs to. */
export interface UpstreamHost {
  /** The number of a connection that was just made. Undefined: what comes on it is neither recorded nor steered. */
  readonly connected: () => number | undefined
  /** A request has come as a whole. */
  readonly begin: (call: LiveCall) => void
  /** What the rules make of it. `gone`: its client has gone. */
  readonly decide: (call: LiveCall, gone: Promise<void>) => Fate | Promise<Fate> | undefined
  /** The client is told now, or never will be. */
  readonly end: (call: LiveCall) => void
  /** Asks the function of a route. */
  readonly ask: (route: number, request: PlainUpstreamRequest) => Promise<UpstreamReply>
}

/** A third party: a real server of HTTP. */
export interface UpstreamServer {
  readonly port: number
  /** Ends all connections and refuses new ones until `accept`. */
  readonly refuse: () => void
  readonly accept: () => Promise<void>
  readonly close: () => void
}

const HOST = '127.0.0.1'

export async function openUpstreamServer(spec: UpstreamSpec, host: UpstreamHost): Promise<UpstreamServer> {
  const numbers = new WeakMap<Socket, number | undefined>()
  const findRoute = createRouter(spec.routes)

  const replyOf = async (found: FoundRoute | undefined, request: PlainUpstreamRequest): Promise<UpstreamReply> => {
    if (found === undefined) return notDefined(spec, request)
    return found.route.answer === undefined ? host.ask(found.index, request) : { answer: found.route.answer, problem: undefined }
  }

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { socket, method = '', url: path = '' } = request
    const body = await readBody(request)
    if (body === undefined) return
    const connection = numbers.get(socket)
    const found = findRoute(method, path)
    const headers = headersOf(request)
    const call = startCall({
      connection: connection ?? 0,
      upstream: spec.name,
      method,
      path,
      route: found?.route.text,
      requestHeaders: headers,
      body,
    })
    const finish = (failure?: string): void => {
      if (call.end !== undefined) return
      call.failure = failure
      if (connection !== undefined) host.end(call)
      call.end ??= 0
    }
    const gone = new Promise<void>((resolve) => {
      response.on('close', () => {
        finish('aborted by the client')
        resolve()
      })
    })
    let fate: Fate | undefined
    if (connection !== undefined) {
      host.begin(call)
      const decided = host.decide(call, gone)
      fate = decided instanceof Promise ? await decided : decided
    }
    if (call.end !== undefined) return
    if (fate?.kind === 'reset') {
      finish('reset')
      socket.resetAndDestroy()
      return
    }
    if (fate?.kind === 'cut' && fate.when === 'before') {
      finish('cut before the upstream had it')
      socket.destroy()
      return
    }
    const { answer, problem } =
      fate?.kind === 'answer' && 'http' in fate.answer
        ? { answer: fate.answer.http, problem: undefined }
        : await replyOf(found, plainRequest({ method, path, headers }, body, found?.params ?? {}))
    call.problem = problem
    if (call.end !== undefined) return
    if (fate?.kind === 'cut') {
      finish('cut after the upstream had carried it out')
      socket.destroy()
      return
    }
    send(response, answer, fate?.kind === 'truncate' ? fate.bytes : undefined, (told) => {
      call.status = answer.status
      call.replyHeaders = answer.headers
      call.replyBody = keep(told)
      call.replyBytes = told.length
      finish(fate?.kind === 'truncate' ? `truncated after ${told.length} bytes` : undefined)
    })
  }

  const open = async (port: number): Promise<Server> => {
    const listening = createServer({ noDelay: true }, (request, response) => void handle(request, response))
    // A client that comes back after a while is not to find its connection ended.
    listening.keepAliveTimeout = 0
    listening.on('connection', (socket) => void numbers.set(socket, host.connected()))
    await new Promise<void>((resolve, reject) => {
      listening.once('error', reject)
      listening.listen(port, HOST, resolve)
    })
    return listening
  }
  let server: Server | undefined = await open(0)
  let isClosed = false
  const { port } = server.address() as AddressInfo
  const refuse = (): void => {
    server?.close()
    server?.closeAllConnections()
    server = undefined
  }
  return {
    port,
    refuse,
    accept: async () => {
      if (server === undefined && !isClosed) server = await open(port)
    },
    close: () => {
      isClosed = true
      refuse()
    },
  }
}

/** @param telling called with the bytes of the body that are about to go, since the client may act on them at once */
function send(response: ServerResponse, answer: PlainHttpAnswer, truncateAt: number | undefined, telling: (body: Buffer) => void): void {
  const body = Buffer.from(answer.body, 'latin1')
  if (truncateAt === undefined) {
    telling(body)
    response
      .writeHead(answer.status, { ...answer.headers, ...(hasLength(answer.status) ? { 'content-length': body.length } : {}) })
      .end(body)
    return
  }
  const told = body.subarray(0, truncateAt)
  telling(told)
  response.writeHead(answer.status, { ...answer.headers, 'content-length': Math.max(body.length, truncateAt + 1) })
  response.flushHeaders()
  // What is on its way gets there before the end.
  response.write(told, () => response.socket?.end())
}

/** RFC 9110, 8.6. */
function hasLength(status: number): boolean {
  return status !== 204 && status !== 304
}

function notDefined({ name, routes }: UpstreamSpec, { method, path }: PlainUpstreamRequest): UpstreamReply {
  const problem = `the upstream '${name}' has no route ${method} ${path}`
  const body = JSON.stringify({ error: `${problem}.`, defined: routes.map(({ text }) => text) })
  const headers = { 'content-type': 'application/json' }
  return { answer: { status: 501, headers, body: Buffer.from(body).toString('latin1') }, problem }
}
