import pg from 'pg'
import type { Socket } from 'node:net'
import { createServerFrames } from '../../../src/wire/postgres/frames.js'

/** A session of which the test writes and reads each byte. */
export interface RawSession {
  readonly write: (bytes: Buffer) => Promise<void>
  /**
   * What has come since the last call, up to the reply to a statement that stands for the end: one text for each message.
   * That statement fails, which a transaction outlives as a failed one, or rolls it back.
   */
  readonly readToMark: (keepsTransaction: boolean) => Promise<readonly string[]>
  readonly end: () => void
}

const MARK = 'hotbed_mark'

/** Lets `pg` log in, then takes its socket. */
export async function openRawSession(url: string): Promise<RawSession> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const { stream } = (client as unknown as { readonly connection: { readonly stream: Socket } }).connection
  stream.removeAllListeners('data')
  stream.removeAllListeners('end')
  stream.removeAllListeners('close')
  let messages: string[] = []
  let hasMark = false
  let arrived = (): void => {}
  const take = (kind: string, bytes: Buffer): void => {
    const text = kind + bodyOf(kind, bytes)
    hasMark ||= 'DE'.includes(kind) && text.includes(MARK)
    messages.push(text)
    if (kind === 'Z' && hasMark) arrived()
  }
  const frames = createServerFrames({ frame: take, piece: (kind, bytes) => take(kind, bytes) })
  stream.on('data', frames.read)
  stream.on('close', () => {
    messages.push('closed')
    arrived()
  })
  return {
    write: (bytes) => new Promise((resolve) => void stream.write(bytes, () => resolve())),
    readToMark: async (keepsTransaction) => {
      hasMark = false
      const reply = new Promise<void>((resolve) => {
        arrived = resolve
      })
      stream.write(message('Q', keepsTransaction ? `${MARK}\0` : `ROLLBACK; SELECT '${MARK}'\0`))
      await reply
      const read = messages
      messages = []
      return read
    },
    end: () => stream.destroy(),
  }
}

export function message(kind: string, body: string | Buffer): Buffer {
  const bytes = Buffer.from(body)
  const header = Buffer.alloc(5)
  header.write(kind, 'latin1')
  header.writeUInt32BE(bytes.length + 4, 1)
  return Buffer.concat([header, bytes])
}

/** Without what two sessions of two clones never have in common: the process that notified, the OIDs of tables. */
function bodyOf(kind: string, bytes: Buffer): string {
  if (kind === 'A') return bytes.toString('latin1', 9)
  if (kind !== 'T') return bytes.toString('latin1', 5)
  const columns: string[] = []
  for (let at = 7; at < bytes.length;) {
    const end = bytes.indexOf(0, at)
    columns.push(bytes.toString('latin1', at, end), bytes.toString('latin1', end + 5, end + 19))
    at = end + 19
  }
  return columns.join()
}
