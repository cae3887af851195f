import { setImmediate as nextTurn } from 'node:timers/promises'
import { withDeadline } from '../../primitives/deadline.js'
import type { RedisCommand } from './commands.js'
import type { RedisLink } from './redis-link.js'
import { writeCommand } from './write-command.js'

export interface StreamProgress {
  /** The last command that was sent. */
  readonly command: RedisCommand
  readonly commands: number
  /** Of all commands. */
  readonly bytes: number
}

export interface StreamOptions {
  readonly onProgress?: (progress: StreamProgress) => void
  readonly signal?: AbortSignal | undefined
  /** How long the server may be silent. */
  readonly stallMs: number
}

const CHUNK_BYTES = 65_536
/** Writes to a fast server end at once and never leave the loop; its replies are only seen when the loop turns. */
const CHUNKS_PER_TURN = 4
/** Replies that may be outstanding: what Redis cannot send it keeps, in its memory. */
const MOST_OUTSTANDING = 50_000

/** Sends commands as fast as the server takes them; two buffers take turns. The memory it takes does not depend on how many there are. */
export async function streamCommands(
  link: RedisLink,
  commands: Iterable<RedisCommand>,
  options: StreamOptions,
): Promise<{ commands: number; bytes: number }> {
  const { onProgress, signal, stallMs } = options
  let current = Buffer.allocUnsafeSlow(CHUNK_BYTES)
  let other = Buffer.allocUnsafeSlow(CHUNK_BYTES)
  let at = 0
  let bytes = 0
  let sent = 0
  let chunks = 0
  let last: RedisCommand | undefined
  const reach = (promise: Promise<void>, waitingFor: string): Promise<void> =>
    withDeadline(Promise.race([promise, link.failed]), stallMs, waitingFor)
  const flush = async (): Promise<void> => {
    const flushed = link.send(current.subarray(0, at))
    // Awaited below; a failure until then must not count as unhandled.
    flushed.catch(() => {})
    bytes += at
    at = 0
    ;[current, other] = [other, current]
    await reach(flushed, 'Redis to take commands')
    chunks += 1
    if (chunks % CHUNKS_PER_TURN === 0) {
      await nextTurn()
      signal?.throwIfAborted()
      if (link.hasFailed()) await link.failed
    }
    if (sent - link.answered() > MOST_OUTSTANDING) await reach(link.waitFor(sent - MOST_OUTSTANDING / 2), 'Redis to answer')
    if (chunks % 16 === 0 && last !== undefined) onProgress?.({ command: last, commands: sent, bytes })
  }
  for (const command of commands) {
    let end = writeCommand(current, at, command.words)
    while (end < 0) {
      if (at > 0) await flush()
      // A single command that is larger than a chunk.
      else current = Buffer.allocUnsafeSlow(current.length * 2)
      end = writeCommand(current, at, command.words)
    }
    at = end
    sent += 1
    last = command
  }
  if (at > 0) await flush()
  await reach(link.waitFor(sent), 'Redis to answer')
  if (link.hasFailed()) await link.failed
  return { commands: sent, bytes }
}
