import type { Client, Connection } from 'pg'
import type { Duplex } from 'node:stream'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { withDeadline } from '../primitives/deadline.js'
import { HotbedError } from '../primitives/error.js'

/** Writes one row; returns the position after it, or -1 when it does not fit. */
export type RowWriter = (target: Buffer, at: number, row: number) => number

export interface CopyProgress {
  /** Rows handed to the server. */
  readonly rows: number
  readonly bytes: number
}

export interface CopyStreamOptions {
  /** `COPY … FROM STDIN …`. */
  readonly sql: string
  readonly header: Buffer
  readonly trailer: Buffer
  readonly writeRow: RowWriter
  readonly fromRow: number
  /** Not included. */
  readonly toRow: number
  /** Awaited before rows are written, in order: values that come from worker threads are fetched here. */
  readonly prepareRows?: (fromRow: number, toRow: number) => Promise<void>
  /** About once for every megabyte. */
  readonly onProgress?: (progress: CopyProgress) => void
  readonly signal?: AbortSignal
  /** Bytes of one CopyData message. @default 65536 */
  readonly chunkBytes?: number
  /** How long the server may take nothing, or be silent at the end. @default 600000 */
  readonly stallMs?: number
}

const DATA = 0x64
const FAIL = 0x66
const FRAME_BYTES = 5
const COPY_DONE = Buffer.from([0x63, 0, 0, 0, 4])
/** Rows prepared at a time. */
const PREPARED_ROWS = 4096
/** Writes to a fast server end at once and never leave the loop; its errors are only seen when the loop turns. */
const CHUNKS_PER_TURN = 8

/** The server takes no message above 1 GB. */
const MAX_ROW_BYTES = 2 ** 29

/** Two buffers take turns: one is filled while the other is on its way. */
interface Chunk {
  buffer: Buffer
  flushed: Promise<void>
}

/**
 * Streams rows into one COPY, on the socket itself: the header of each message is reserved in its chunk, so nothing is copied twice. The memory
 * it takes does not depend on the rows. When a row cannot be written or the signal aborts, the COPY is failed and the connection stays usable.
 *
 * @returns the rows the server counted
 * @throws what the server answered, what `writeRow` threw, or the signal's reason
 */
export async function streamCopy(client: Pick<Client, 'query'>, options: CopyStreamOptions): Promise<CopyProgress> {
  options.signal?.throwIfAborted()
  const stallMs = options.stallMs ?? 600_000
  const command = sendCopy(client, options.sql)
  const socket = await withDeadline(command.started, stallMs, 'the server to begin a COPY')
  let sent: CopyProgress
  try {
    sent = await sendRows(socket, command, options, stallMs)
  } catch (error) {
    if (command.hasEnded()) await command.failed
    if (socket.destroyed) throw error
    socket.write(failMessage('hotbed gave up the load'))
    await withDeadline(
      command.ended.catch(() => {}),
      stallMs,
      'the server to end a COPY that was given up',
    )
    throw error
  }
  socket.write(COPY_DONE)
  const rows = await withDeadline(command.ended, stallMs, 'the server to complete a COPY')
  return { ...sent, rows }
}

async function sendRows(socket: Duplex, command: CopyCommand, options: CopyStreamOptions, stallMs: number): Promise<CopyProgress> {
  const { header, trailer, writeRow, fromRow, toRow, prepareRows, onProgress, signal, chunkBytes = 65_536 } = options
  const makeChunk = (): Chunk => ({ buffer: Buffer.allocUnsafeSlow(Math.max(chunkBytes, header.length + 64)), flushed: Promise.resolve() })
  let [current, other] = [makeChunk(), makeChunk()]
  let at = FRAME_BYTES + header.copy(current.buffer, FRAME_BYTES)
  let bytes = 0
  let chunks = 0
  const flush = async (row: number): Promise<void> => {
    bytes += at - FRAME_BYTES
    current.flushed = sendChunk(socket, current.buffer, at)
    // Awaited one turn later; a failure until then must not count as unhandled.
    current.flushed.catch(() => {})
    ;[current, other] = [other, current]
    await withDeadline(Promise.race([current.flushed, command.failed]), stallMs, 'the server to take the rows of a COPY')
    at = FRAME_BYTES
    chunks += 1
    if (chunks % CHUNKS_PER_TURN === 0) {
      await nextTurn()
      signal?.throwIfAborted()
      if (command.hasEnded()) await command.failed
    }
    if (chunks % 16 === 0) onProgress?.({ rows: row - fromRow, bytes })
  }
  let prepared = prepareRows === undefined ? toRow : fromRow
  for (let row = fromRow; row < toRow;) {
    if (row >= prepared && prepareRows !== undefined) {
      prepared = Math.min(toRow, row + PREPARED_ROWS)
      await prepareRows(row, prepared)
    }
    // The tight loop: nothing is awaited while there is room.
    let end = at
    const { buffer } = current
    while (row < prepared && (end = writeRow(buffer, at, row)) >= 0) {
      at = end
      row += 1
    }
    if (end >= 0) continue
    if (at > FRAME_BYTES) await flush(row)
    // A single row that is larger than a chunk.
    else if (current.buffer.length >= MAX_ROW_BYTES) throw tooLong(row)
    else current.buffer = Buffer.allocUnsafeSlow(current.buffer.length * 2)
  }
  if (at + trailer.length > current.buffer.length) await flush(toRow)
  at += trailer.copy(current.buffer, at)
  if (at > FRAME_BYTES) await flush(toRow)
  onProgress?.({ rows: toRow - fromRow, bytes })
  return { rows: toRow - fromRow, bytes }
}

/** Resolves when the socket no longer refers to the buffer. */
function sendChunk(socket: Duplex, buffer: Buffer, end: number): Promise<void> {
  buffer[0] = DATA
  buffer.writeUInt32BE(end - 1, 1)
  return new Promise((resolve, reject) => {
    socket.write(buffer.subarray(0, end), (error) => (error ? reject(error) : resolve()))
  })
}

function tooLong(row: number): HotbedError {
  return new HotbedError('ERR_HOTBED_SEED', {
    message: `Row ${row.toLocaleString('en')} takes more than ${MAX_ROW_BYTES / 2 ** 20} MB, which is more than a server accepts.`,
    remedy: 'Make its texts, lists and documents shorter.',
  })
}

function failMessage(reason: string): Buffer {
  const text = Buffer.from(`${reason}\0`)
  const message = Buffer.alloc(FRAME_BYTES + text.length)
  message[0] = FAIL
  message.writeUInt32BE(4 + text.length, 1)
  text.copy(message, FRAME_BYTES)
  return message
}

interface CopyCommand {
  /** The socket, once the server waits for data. */
  readonly started: Promise<Duplex>
  /** The rows the server counted. */
  readonly ended: Promise<number>
  /** Never resolves; rejects as `ended` does. */
  readonly failed: Promise<never>
  readonly hasEnded: () => boolean
}

/** node-postgres takes any object with these methods for a query, and calls them as the server answers. */
function sendCopy(client: Pick<Client, 'query'>, sql: string): CopyCommand {
  let start: (socket: Duplex) => void
  let end: (rows: number) => void
  let fail: (error: unknown) => void
  let hasEnded = false
  const ended = new Promise<number>((resolve, reject) => {
    end = resolve
    fail = reject
  })
  const failed = ended.then(() => new Promise<never>(() => {}))
  failed.catch(() => {})
  const started = new Promise<Duplex>((resolve, reject) => {
    start = resolve
    ended.catch(reject)
  })
  let rows = 0
  const nothing = (): void => {}
  client.query({
    submit: (connection: Connection) => connection.query(sql),
    handleCopyInResponse: (connection: Connection) => start(connection.stream),
    handleCommandComplete: ({ text }: { readonly text: string }) => {
      rows = Number(/\d+$/.exec(text)?.[0] ?? 0)
    },
    handleReadyForQuery: () => {
      hasEnded = true
      end(rows)
    },
    handleError: (error: unknown) => {
      hasEnded = true
      fail(error)
    },
    handleRowDescription: nothing,
    handleDataRow: nothing,
    handleEmptyQuery: nothing,
    handlePortalSuspended: nothing,
    handleCopyData: nothing,
  })
  return { started, ended, failed, hasEnded: () => hasEnded }
}
