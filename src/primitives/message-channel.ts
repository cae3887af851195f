import type { Socket } from 'node:net'
import { deserialize, serialize } from 'node:v8'

/** Whole messages over a stream: each is a length of four bytes and the value as V8 serialises it (dates, buffers, maps survive). */
export interface MessageChannel {
  /** @throws for what cannot be serialised, such as a function; nothing is sent then */
  readonly send: (message: unknown) => void
  /** Settles when the other side is gone. */
  readonly closed: Promise<void>
  readonly close: () => void
}

const LENGTH_BYTES = 4

export function openMessageChannel(socket: Socket, onMessage: (message: unknown) => void): MessageChannel {
  let chunks: Buffer[] = []
  let received = 0
  /** So many bytes make the next step possible. Until they are there, chunks are only collected: joining each would take quadratic time. */
  let wanted = LENGTH_BYTES
  socket.on('data', (chunk: Buffer) => {
    chunks.push(chunk)
    received += chunk.length
    if (received < wanted) return
    let rest = Buffer.concat(chunks)
    for (;;) {
      wanted = LENGTH_BYTES + (rest.length < LENGTH_BYTES ? 0 : rest.readUInt32BE(0))
      // No body is empty, so a length alone is never a message.
      if (rest.length < wanted || rest.length <= LENGTH_BYTES) break
      const message: unknown = deserialize(rest.subarray(LENGTH_BYTES, wanted))
      rest = rest.subarray(wanted)
      onMessage(message)
    }
    chunks = [rest]
    received = rest.length
  })
  const closed = new Promise<void>((resolve) => {
    socket.once('close', () => resolve())
    // `close` follows; without a listener the error would be uncaught.
    socket.on('error', () => {})
  })
  return {
    closed,
    send: (message) => {
      const body = serialize(message)
      const length = Buffer.alloc(LENGTH_BYTES)
      length.writeUInt32BE(body.length)
      socket.cork()
      socket.write(length)
      socket.write(body)
      socket.uncork()
    },
    close: () => socket.destroy(),
  }
}
