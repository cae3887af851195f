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
    if (sent.length === 1) {
      write(sent[0] as Buffer)
      return
    }
    to.cork()
    let run = sent[0] as Buffer
    for (const next of sent.slice(1)) {
      if (run.buffer === next.buffer && run.byteOffset + run.length === next.byteOffset) {
        run = Buffer.from(run.buffer, run.byteOffset, run.length + next.length)
      } else {
        write(run)
        run = next
      }
    }
    write(run)
    to.uncork()
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
