import { availableParallelism } from 'node:os'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { withDeadline } from '../primitives/deadline.js'
import type { MadeElsewhere } from './generator.js'
import { canStartRowThreads, startRowThread, type RowThread } from './row-thread.js'
import { monotonicMs } from '../primitives/real-time.js'

/** Values that are made before the writer asks for them. */
export interface RowsAhead {
  /** Awaited before a stretch of rows is asked for; stretches follow each other. */
  readonly prepare: (fromRow: number, toRow: number) => Promise<void>
  /** Ends the threads; also after a failure. */
  readonly end: () => Promise<void>
}

export interface RowsAheadOptions {
  /** Beside the loading thread. @default one fewer than cores, at most 7 */
  readonly threads?: number
  /** Threads are started when the rows would take the loading thread longer, in milliseconds. @default 200 */
  readonly worthMs?: number
}

/** Rows made at a time. */
const BATCH = 1024
/** Rows made to learn how long a row takes; the first half does not count. */
const TRIED = 256
/** A value that takes less costs more to send than to make, in milliseconds. */
const CHEAP_MS = 0.001
/** Batches that may wait for the writer, for each thread. */
const WAITING = 8
const STALL_MS = 600_000

interface Batch {
  values: readonly (readonly unknown[])[] | undefined
  readonly done: Promise<void>
  readonly finish: () => void
}

/**
 * Makes the rows of slow columns in worker threads, and in this one while it would wait for them. Threads are started once they are known to
 * be worth it, and until they are up this thread goes on. Every value depends on its row alone, so where it is made changes nothing.
 */
export function startRowsAhead(
  columns: readonly MadeElsewhere[],
  fromRow: number,
  toRow: number,
  options: RowsAheadOptions = {},
): RowsAhead {
  const { threads: count = Math.min(7, availableParallelism() - 1), worthMs = 200 } = options
  const threads: RowThread[] = []
  const batches = new Map<number, Batch>()
  let isDecided = count < 1 || !canStartRowThreads()
  let next = fromRow
  const room = (): boolean => next < toRow && batches.size < WAITING * (count + 1)
  const open = (): { readonly from: number; readonly to: number; readonly batch: Batch } => {
    const from = next
    next = Math.min(toRow, from + BATCH)
    let finish = (): void => {}
    const done = new Promise<void>((resolve) => (finish = resolve))
    const batch: Batch = { values: undefined, done, finish }
    batches.set(from, batch)
    return { from, to: next, batch }
  }
  const feed = (): void => {
    for (const thread of threads) {
      while (thread.isFree() && room()) {
        const { from, to } = open()
        thread.ask({ fromRow: from, toRow: to })
      }
    }
  }
  const decide = (row: number): void => {
    isDecided = true
    const rowMs = timeRows(columns, row, toRow)
    if (rowMs < CHEAP_MS || rowMs * (toRow - row) < worthMs) return
    for (let i = 0; i < count; i += 1) {
      threads.push(
        startRowThread(
          columns.map(({ task }) => task),
          feed,
          ({ fromRow: from, values }) => {
            const batch = batches.get(from)
            if (batch === undefined) return
            batch.values = values
            batch.finish()
          },
        ),
      )
    }
  }
  /** Makes the next batch here. */
  const makeOne = (): void => {
    const { from, to, batch } = open()
    batch.values = columns.map(({ make }) => makeRows(make, from, to))
  }
  const finishBatch = async (from: number): Promise<readonly (readonly unknown[])[]> => {
    for (;;) {
      await nextTurn()
      feed()
      const batch = batches.get(from)
      if (batch?.values !== undefined) {
        batches.delete(from)
        return batch.values
      }
      if (batch === undefined || room()) makeOne()
      else await withDeadline(batch.done, STALL_MS, `a worker thread to make the rows from ${from} on for each()`)
    }
  }
  return {
    prepare: async (from, to) => {
      if (!isDecided) decide(from)
      // Without threads the writer has each row made as it comes to it.
      if (threads.length === 0) return
      const made: unknown[][] = columns.map(() => [])
      let isWhole = true
      for (let at = from; at < to; at += BATCH) {
        const values = await finishBatch(at)
        if (!isWhole) continue
        for (const [index, list] of made.entries()) {
          const part = values[index] ?? []
          list.push(...part)
          if (part.length < Math.min(toRow, at + BATCH) - at) isWhole = false
        }
      }
      for (const [index, { take }] of columns.entries()) take(from, made[index] ?? [])
    },
    end: async () => void (await Promise.all(threads.map((thread) => thread.end()))),
  }
}

function timeRows(columns: readonly MadeElsewhere[], from: number, to: number): number {
  const half = Math.min(TRIED / 2, Math.floor((to - from) / 2))
  if (half === 0) return 0
  for (const { make } of columns) makeRows(make, from, from + half)
  const start = monotonicMs()
  for (const { make } of columns) makeRows(make, from + half, from + 2 * half)
  return (monotonicMs() - start) / half
}

/** Up to the first row that cannot be made: the writer comes to it in its turn, and says so. */
function makeRows(make: (row: number) => unknown, from: number, to: number): readonly unknown[] {
  const values: unknown[] = []
  try {
    for (let row = from; row < to; row += 1) values.push(make(row))
  } catch {
    // Not lost: made again by the writer.
  }
  return values
}
