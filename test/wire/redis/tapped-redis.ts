import { createServer, connect, type AddressInfo, type Socket } from 'node:net'
import type { ReplyDigest } from '../../../src/wire/exchange.js'
import type { CommandTable } from '../../../src/wire/redis/command-table.js'
import type { FrameHandler } from '../../../src/wire/frame-reader.js'
import { createCommandFrames, createReplyFrames } from '../../../src/wire/redis/frames.js'
import { createRedisSession, type RedisSession } from '../../../src/wire/redis/session.js'

export interface Seen {
  readonly args: readonly string[]
  readonly reply: string | ReplyDigest | undefined
  readonly inTransaction: boolean
  readonly resp: 2 | 3
  readonly database: number
}

export interface TappedRedis {
  readonly port: number
  readonly seen: Seen[]
  /** `message`, `monitor` or `orphan`, and the bytes. */
  readonly unasked: [string, string][]
  readonly sessions: RedisSession[]
  readonly close: () => Promise<void>
}

/** A proxy in front of a real Redis that feeds a session per connection, and writes down what the sessions tell. */
export async function tapRedis(upstreamPort: number, table: CommandTable): Promise<TappedRedis> {
  const seen: Seen[] = []
  const unasked: [string, string][] = []
  const sessions: RedisSession[] = []
  const sockets = new Set<Socket>()
  const server = createServer((near) => {
    const far = connect(upstreamPort, '127.0.0.1')
    const session = createRedisSession(table, {
      begin: (request) => void request.args(),
      end: (request, reply) => {
        const { inTransaction, resp, database } = request
        seen.push({ args: request.args(), reply: Buffer.isBuffer(reply) ? reply.toString('latin1') : reply, inTransaction, resp, database })
      },
      unasked: (what, bytes) => unasked.push([what, bytes.toString('latin1', 0, 200)]),
    })
    sessions.push(session)
    const requests = createCommandFrames(toHandler(session.client))
    const replies = createReplyFrames(toHandler(session.server))
    for (const [from, to, read] of [
      [near, far, requests.read],
      [far, near, replies.read],
    ] as const) {
      sockets.add(from)
      from.setNoDelay(true)
      from.on('data', (chunk) => {
        read(chunk)
        to.write(chunk)
      })
      from.on('error', () => to.destroy())
      from.on('close', () => {
        session.close()
        to.end()
      })
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    seen,
    unasked,
    sessions,
    close: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

export function toHandler(feed: RedisSession['client']): FrameHandler {
  return {
    frame: (kind, bytes) => void feed(kind, bytes),
    piece: (kind, bytes, index, isLast) => void feed(kind, bytes, index, isLast),
  }
}

/** A connection for exact bytes. `until` waits for a text at the end of what has come. */
export async function openRaw(port: number): Promise<{ say: (text: string, until: string) => Promise<string>; end: () => void }> {
  const socket = connect(port, '127.0.0.1')
  await new Promise((resolve) => socket.once('connect', resolve))
  let come = ''
  let check = (): void => undefined
  socket.on('data', (chunk) => {
    come += chunk.toString('latin1')
    check()
  })
  return {
    say: (text, until) =>
      new Promise((resolve) => {
        come = ''
        check = () => {
          if (come.endsWith(until)) resolve(come)
        }
        socket.write(text, 'latin1')
      }),
    end: () => void socket.destroy(),
  }
}
