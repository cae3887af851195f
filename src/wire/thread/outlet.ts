import type { Socket } from 'node:net'

/** Sends messages to one side, joining those that lie side by side in memory; stops the other side while this one cannot take more. */
export interface Outlet {
  readonly add: (bytes: Buffer) => void
  /** How many were added and not sent. */
  readonly waiting: () => number
  /** Takes back what was added after the first `count`. */
  readonly takeFrom: (count: number) => Buffer[]
  /** Sends what was added, or the first `count` of it. */
  readonly flush: (count?: number) => void
  /** Sends nothing, and stops the other side, until this settles. */
  readonly keep: (until: Promise<void>) => void
  readonly isKept: () => boolean
}

export function createOutlet(to: Socket, pause: () => void, resume: () => void): Outlet {
  let added: Buffer[] = []
  let isFull = false
  let kept = 0
  const write = (bytes: Buffer): void => {
    if (to.destroyed || !to.writable) return
    if (to.write(bytes) || isFull) return
    isFull = true
    pause()
    to.once('drain', () => {
      isFull = false
      resume()
    })
  }
  const flush = (count: number = added.length): void => {
    if (count === 0 || kept > 0) return
    const sent = count === added.length ? added : added.slice(0, count)
    added = count === added.length ? [] : added.slice(count)
    const runs = joinNeighbours(sent)
    // Corking a single write only makes it dearer.
    if (runs.length > 1) to.cork()
    for (const bytes of runs) write(bytes)
    if (runs.length > 1) to.uncork()
  }
  return {
    add: (bytes) => void added.push(bytes),
    waiting: () => added.length,
    takeFrom: (count) => added.splice(count),
    flush,
    isKept: () => kept > 0,
    keep: (until) => {
      kept += 1
      pause()
      const goOn = (): void => {
        kept -= 1
        if (kept > 0) return
        flush()
        if (!isFull) resume()
      }
      until.then(goOn, goOn)
    },
  }
}

/** Messages of one chunk lie side by side in memory, and are one write. */
function joinNeighbours(messages: readonly Buffer[]): readonly Buffer[] {
  const runs: Buffer[] = []
  let first = messages[0] as Buffer
  let length = first.length
  for (let at = 1; at < messages.length; at += 1) {
    const next = messages[at] as Buffer
    if (next.buffer === first.buffer && next.byteOffset === first.byteOffset + length) {
      length += next.length
      continue
    }
    runs.push(spread(first, length))
    first = next
    length = first.length
  }
  runs.push(spread(first, length))
  return runs
}

function spread(first: Buffer, length: number): Buffer {
  return length === first.length ? first : Buffer.from(first.buffer, first.byteOffset, length)
}
