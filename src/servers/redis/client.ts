import type { RedisClientType } from '@redis/client'
import { HotbedError } from '../../primitives/error.js'
import { errorFields } from '../../primitives/error-fields.js'
import type { RedisServer } from '../server.js'
import { tlsOptions } from '../server-tls.js'
import { resetRedis } from './reset.js'

/** A word of a command. */
export type RedisWord = string | number | Buffer

/** A connection beside the application's: for what the test itself asks. */
export interface RedisConnection {
  /**
   * Sends one command and settles with the reply as RESP2 has it, which is what redis-cli shows: texts, whole numbers, `null`, and arrays of these
   * (HGETALL is a flat array). RESP3 would turn replies into maps, sets and floats, differently in each client.
   *
   * @throws {HotbedError} `ERR_HOTBED_QUERY` when Redis answers with an error, `ERR_HOTBED_REDIS_EXITED` when it is gone
   */
  readonly send: (args: readonly RedisWord[]) => Promise<unknown>
  /** Brings the server back to its state after the start: no data, scripts and functions; statistics at zero; the first settings. */
  readonly reset: () => Promise<void>
  readonly close: () => Promise<void>
  /** False once it was closed, by whomever. */
  readonly isOpen: () => boolean
}

type SideClient = RedisClientType<{}, {}, {}, 2>

let loading: Promise<SideClient> | undefined

/** A client that never connects, to be duplicated: the library builds its class anew for each `createClient`, which takes 25 ms. */
async function loadModel(): Promise<SideClient> {
  const { createClient } = await import('@redis/client')
  // Found in CLIENT LIST by this name.
  return createClient({ RESP: 2, name: 'hotbed', disableClientInfo: true })
}

export interface ConnectOptions {
  /** @default the one of the server's URL */
  readonly database?: number | undefined
  /** In CLIENT LIST. @default 'hotbed' */
  readonly name?: string | undefined
  /** @default that of the client library */
  readonly timeoutMs?: number | undefined
}

/** Connects. The client library is loaded on the first call: not every test file needs it. */
export async function connectRedis(server: RedisServer, { database, name, timeoutMs }: ConnectOptions = {}): Promise<RedisConnection> {
  const model = await (loading ??= loadModel())
  const { username, password, pathname } = new URL(server.url)
  const { tls } = server
  // A connection is in 0 to begin with: nothing is sent for it.
  const selected = database ?? Number(pathname.slice(1))
  const client = model.duplicate({
    socket: {
      ...(tls === undefined ? {} : { ...tlsOptions(tls), tls: true as const }),
      host: server.host,
      port: server.port,
      reconnectStrategy: false,
      ...(timeoutMs === undefined ? {} : { connectTimeout: timeoutMs }),
    },
    ...(selected === 0 ? {} : { database: selected }),
    ...(name === undefined ? {} : { name }),
    ...(username === '' ? {} : { username: decodeURIComponent(username) }),
    ...(password === '' ? {} : { password: decodeURIComponent(password) }),
  })
  // Without a listener the death of the server would be an uncaught error of the test run.
  client.on('error', () => {})
  let closed = false
  let pending = 0
  const send = async (args: readonly RedisWord[]): Promise<unknown> => {
    if (closed)
      throw new HotbedError('ERR_HOTBED_DISPOSED', {
        message: `The connection was closed before '${String(args[0])}' was sent.`,
      })
    pending += 1
    client.ref()
    try {
      return await client.sendCommand<unknown>(args.map((word) => (typeof word === 'number' ? String(word) : word)))
    } catch (error) {
      throw await explainFailure(server, args, error)
    } finally {
      pending -= 1
      // An idle connection must not keep a finished process alive.
      if (pending === 0 && !closed) client.unref()
    }
  }
  try {
    await client.connect()
  } catch (error) {
    throw await explainFailure(server, ['(connect)'], error)
  }
  client.unref()
  return {
    send,
    reset: () => resetRedis(server, send),
    isOpen: () => client.isOpen,
    close: () => {
      closed = true
      if (client.isOpen) client.destroy()
      return Promise.resolve()
    },
  }
}

/** How long the report of an exit may lag behind the broken connection. */
const EXIT_REPORT_MS = 500

async function explainFailure(server: RedisServer, args: readonly RedisWord[], error: unknown): Promise<HotbedError> {
  const { message } = errorFields(error)
  const command = args.slice(0, 3).map(String).join(' ').slice(0, 100)
  const { ErrorReply } = await import('@redis/client')
  if (error instanceof ErrorReply) {
    return new HotbedError('ERR_HOTBED_QUERY', {
      message: `Redis answers '${command}' with: ${message}`,
      cause: error,
    })
  }
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), EXIT_REPORT_MS)
  })
  const exit = await Promise.race([server.exited, late])
  clearTimeout(timer)
  if (exit !== undefined) {
    return new HotbedError('ERR_HOTBED_REDIS_EXITED', {
      message: `Redis${server.pid === undefined ? '' : ` (pid ${server.pid})`} ended with status ${exit.status}; '${command}' has no answer.`,
      log: server.lastLog(),
      cause: error,
    })
  }
  return new HotbedError('ERR_HOTBED_QUERY', {
    message: `'${command}' got no answer of Redis: ${message}`,
    cause: error,
  })
}
