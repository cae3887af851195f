import { createFifo, type Fifo } from '../../primitives/fifo.js'
import type { LiveStatement } from './live-statement.js'

/** One thing the server will answer, in the order in which it was asked. */
export interface Step {
  readonly kind: 'parse' | 'bind' | 'describe' | 'execute' | 'close' | 'sync' | 'query' | 'function' | 'copyEnd'
  /** What is recorded of it. */
  readonly statement: LiveStatement | undefined
  /** The tap asked it itself: the client must not see the answer. */
  readonly own: boolean
  /** Whose portal ends with it, and with that gives its plan. */
  readonly owner: LiveStatement | undefined
  /** What the client gets instead of the error that the tap provoked. */
  readonly replacement: Buffer | undefined
  /** What a Parse makes: a statement that fails before any Execute of it is recorded too. */
  readonly prepares: { readonly sql: string; readonly statementName: string; readonly requestBytes: number } | undefined
  /** The prepared statement whose parameters the server will name. */
  readonly describes: { types: readonly number[] } | undefined
}

export function step(kind: Step['kind'], more: Partial<Step> = {}): Step {
  return {
    kind,
    statement: undefined,
    own: false,
    owner: undefined,
    replacement: undefined,
    prepares: undefined,
    describes: undefined,
    ...more,
  }
}

/** What the server still has to answer. */
export interface Steps {
  readonly push: (next: Step) => void
  readonly first: () => Step | undefined
  readonly take: () => Step | undefined
  readonly size: () => number
  /** Forgets the last `count`, which will not be sent after all. */
  readonly withdraw: (count: number) => void
  /**
   * After an error the server ignores everything up to the next Sync. Gives what is ignored; `found` says whether that Sync was sent yet.
   */
  readonly skipToSync: () => { readonly skipped: readonly Step[]; readonly found: boolean }
  /** While the server reads COPY data it ignores Sync: those that were sent ahead of the data's end are never answered. True: that end was sent. */
  readonly forgetSyncsInCopy: () => boolean
}

export function createSteps(): Steps {
  const queue: Fifo<Step> = createFifo()
  /** While COPY data is read its Execute comes first. An end without one is over, or nothing to the server: postgres.js sends CopyFail after CopyDone. */
  const passStrayEnds = (): void => {
    while (queue.first()?.kind === 'copyEnd') queue.take()
  }
  return {
    push: queue.push,
    first: () => {
      passStrayEnds()
      return queue.first()
    },
    take: () => {
      passStrayEnds()
      return queue.take()
    },
    size: () => {
      passStrayEnds()
      return queue.size()
    },
    withdraw: (count) => queue.replace(queue.list().slice(0, queue.size() - count)),
    skipToSync: () => {
      const skipped: Step[] = []
      for (let next = queue.first(); next !== undefined; next = queue.first()) {
        if (next.kind === 'sync' || next.kind === 'query' || next.kind === 'function') return { skipped, found: true }
        skipped.push(next)
        queue.take()
      }
      return { skipped, found: false }
    },
    forgetSyncsInCopy: () => {
      const waiting = queue.list()
      const end = waiting.findIndex(({ kind }) => kind === 'copyEnd')
      const ignored = end === -1 ? waiting.length : end
      queue.replace(waiting.filter(({ kind }, index) => kind !== 'sync' || index > ignored))
      return end !== -1
    },
  }
}
