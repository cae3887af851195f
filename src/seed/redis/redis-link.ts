import { createConnection, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { withDeadline } from '../../primitives/deadline.js'
import { HotbedError } from '../../primitives/error.js'
import { wrongOption } from '../../primitives/options.js'
import { readRedisTls } from '../../servers/redis/external/read-tls.js'
import { tlsOptions, type ServerTls } from '../../servers/server-tls.js'
import { isRespError, type RespReply } from '../../servers/redis/resp.js'
import type { RedisWord } from './commands.js'
import { createReplyReader } from './read-replies.js'
import { writeCommand } from './write-command.js'

/** A URL, or a suite's `redis` (which is loaded past the tap), or host and port. */
export type RedisTarget = string | { readonly url: string; readonly directUrl?: string } | { readonly host: string; readonly port: number }

/** A connection on which commands are streamed and replies are only counted. */
export interface RedisLink {
  /** Resolves when the bytes are with the system and the buffer is free. */
  readonly send: (bytes: Buffer) => Promise<void>
  /** One command, when no other is on its way. */
  readonly ask: (words: readonly RedisWord[]) => Promise<RespReply>
  /** Replies since the last `ask`. */
  readonly answered: () => number
  /** Resolves when there are so many replies. */
  readonly waitFor: (replies: number) => Promise<void>
  /** Rejects with the first reply that is an error, a `RefusedCommand`, or when the connection is lost. Never resolves. */
  readonly failed: Promise<never>
  readonly hasFailed: () => boolean
  readonly close: () => Promise<void>
  readonly destroy: () => void
}

/** A reply that is an error. */
export class RefusedCommand extends Error {
  /** From 0. */
  readonly index: number
  constructor(index: number, message: string) {
    super(message)
    this.index = index
  }
}

interface Address {
  readonly host: string
  readonly port: number
  readonly greeting: readonly (readonly string[])[]
  readonly tls?: ServerTls | undefined
}

/** @throws {HotbedError} `ERR_HOTBED_OPTION` for no Redis address, `ERR_HOTBED_SEED` when nobody answers there or the login is refused */
export async function connectLink(target: RedisTarget, stallMs: number): Promise<RedisLink> {
  const { host, port, greeting, tls } = readTarget(target)
  const socket = tls === undefined ? createConnection({ host, port, noDelay: true }) : connectTls({ ...tlsOptions(tls), host, port })
  const link = createLink(socket)
  try {
    const connected = new Promise<void>((resolve) => socket.once(tls === undefined ? 'connect' : 'secureConnect', resolve))
    await withDeadline(Promise.race([connected, link.failed]), stallMs, `a connection to Redis at ${host}:${port}`)
    for (const words of greeting) {
      const reply = await withDeadline(link.ask(words), stallMs, `Redis at ${host}:${port} to answer ${words[0]}`)
      if (!isRespError(reply)) continue
      throw new HotbedError('ERR_HOTBED_SEED', { message: `Redis at ${host}:${port} refused ${words[0]}: ${reply.error}.` })
    }
    return link
  } catch (error) {
    socket.destroy()
    throw error instanceof HotbedError
      ? error
      : new HotbedError('ERR_HOTBED_SEED', {
          message: `Redis at ${host}:${port} cannot be reached: ${error instanceof Error ? error.message : String(error)}.`,
          cause: error,
        })
  }
}

function readTarget(target: RedisTarget): Address {
  // A suite's `redis` has all of them, and only the URLs have its password.
  if (
    typeof target === 'object' &&
    target !== null &&
    !('url' in target) &&
    typeof target.host === 'string' &&
    Number.isInteger(target.port)
  )
    return { host: target.host, port: target.port, greeting: [] }
  const text =
    typeof target === 'string'
      ? target
      : typeof target === 'object' && target !== null && 'url' in target
        ? (target.directUrl ?? target.url)
        : undefined
  if (typeof text !== 'string' || !URL.canParse(text) || !/^rediss?:$/.test(new URL(text).protocol))
    throw wrongOption('target', "a URL such as 'redis://127.0.0.1:6379', or { host, port }", text ?? target)
  const url = new URL(text)
  const password = decodeURIComponent(url.password)
  const user = decodeURIComponent(url.username)
  const database = url.pathname.slice(1)
  const host = url.hostname.replaceAll(/[[\]]/g, '')
  return {
    host,
    tls: url.protocol === 'rediss:' ? readRedisTls(host, url.searchParams) : undefined,
    port: Number(url.port || 6379),
    greeting: [
      ...(password === '' ? [] : [user === '' ? ['AUTH', password] : ['AUTH', user, password]]),
      ...(database === '' ? [] : [['SELECT', database]]),
    ],
  }
}

function createLink(socket: Socket): RedisLink {
  let fail: (error: Error) => void = () => {}
  let failure: Error | undefined
  const failed = new Promise<never>((_, reject) => {
    fail = (error) => {
      failure ??= error
      reject(error)
    }
  })
  failed.catch(() => {})
  let answered = 0
  let asked: ((reply: RespReply) => void) | undefined
  let waiting: { readonly replies: number; readonly resolve: () => void } | undefined
  const read = createReplyReader((reply) => {
    if (asked !== undefined) {
      asked(reply)
      asked = undefined
      return
    }
    if (isRespError(reply)) fail(new RefusedCommand(answered, reply.error))
    answered += 1
    if (waiting !== undefined && answered >= waiting.replies) waiting.resolve()
  })
  socket.on('data', (piece) => {
    try {
      read(piece)
    } catch (error) {
      fail(error instanceof Error ? error : new Error(String(error)))
      socket.destroy()
    }
  })
  socket.on('error', (error) => fail(error))
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  void closed.then(() => fail(new Error('the server closed the connection')))
  return {
    send: (bytes) =>
      new Promise((resolve, reject) => {
        socket.write(bytes, (error) => (error ? reject(error) : resolve()))
      }),
    ask: (words) => {
      const bytes = Buffer.alloc(words.reduce((size, word) => size + word.length * 3 + 32, 64))
      const reply = new Promise<RespReply>((resolve) => (asked = resolve))
      socket.write(bytes.subarray(0, writeCommand(bytes, 0, words)))
      return Promise.race([reply, failed])
    },
    answered: () => answered,
    waitFor: (replies) => (answered >= replies ? Promise.resolve() : new Promise((resolve) => (waiting = { replies, resolve }))),
    failed,
    hasFailed: () => failure !== undefined,
    close: async () => {
      socket.end()
      await closed
    },
    destroy: () => socket.destroy(),
  }
}
