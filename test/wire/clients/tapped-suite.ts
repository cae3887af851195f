import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import type { Recording } from '../../../src/wire/recording/recording.js'

export function portOf(url: string): number {
  return Number(new URL(url).port)
}

/** Commands in short: `GET a`, and `[T]` for one in a transaction. */
export function said({ commands }: Pick<Recording, 'commands'>): string[] {
  return commands.map(({ args, inTransaction }) => `${args.map(short).join(' ')}${inTransaction ? ' [T]' : ''}`)
}

export function short(text: string): string {
  return text.length > 60 ? `(${text.length})` : text
}

/** `key outcome` of every lookup. */
export function lookedUp({ commands }: Pick<Recording, 'commands'>): string[] {
  return commands.flatMap(({ lookups }) => lookups.map(({ key, outcome }) => `${key} ${outcome}`))
}

export interface RawSocket {
  readonly socket: Socket
  /** Sends bytes, and gives what comes until it ends with `until`. */
  readonly say: (text: string, until: string) => Promise<string>
  /** What comes until the other side ends the connection. */
  readonly ended: Promise<string>
}

export async function openRawSocket(url: string): Promise<RawSocket> {
  const socket = connect(portOf(url), '127.0.0.1')
  socket.on('error', () => {})
  await once(socket, 'connect')
  let all = ''
  let come = ''
  let look = (): void => undefined
  socket.on('data', (bytes) => {
    all += bytes.toString('latin1')
    come += bytes.toString('latin1')
    look()
  })
  return {
    socket,
    ended: new Promise((resolve) => void socket.once('close', () => resolve(all))),
    say: (text, until) =>
      new Promise((resolve, reject) => {
        come = ''
        look = () => {
          if (come.endsWith(until)) resolve(come)
        }
        socket.once('close', () => reject(new Error(`the connection ended after ${JSON.stringify(come)}`)))
        socket.write(text, 'latin1')
      }),
  }
}
