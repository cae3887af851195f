import { OPEN_STATES, type OpenJobState } from './open-states.js'
import { printQueues } from './print-queues.js'

/** The library whose tables or keys a queue was read from. */
export type QueueLibrary = 'bullmq' | 'pg-boss' | 'graphile-worker'

/** How many jobs are in each state. */
export interface QueueCounts extends Readonly<Record<OpenJobState, number>> {
  /** The next one of each scheduler or cron line: it waits for its time, and when it has run there is another. No part of the depth. */
  readonly scheduled: number
  /** Has failed for good: no attempt is left. */
  readonly failed: number
  /** Undefined where the library keeps no jobs that are done (graphile-worker). */
  readonly completed: number | undefined
}

/** One job. */
export interface QueueJob {
  readonly id: string
  readonly name: string
  readonly state: OpenJobState | 'scheduled' | 'failed'
  /** Attempts that have ended. */
  readonly attemptsMade: number
  /** Undefined where the library does not say. */
  readonly attemptsAllowed: number | undefined
  /** Milliseconds until it is due, by the clock that the library goes by: of the application for BullMQ, else of Postgres. */
  readonly dueInMs: number | undefined
  /** Of the last failure. */
  readonly reason: string | undefined
  /** As it is stored, cut at 200 characters. */
  readonly data: string
}

/** One queue; of graphile-worker one task. */
export interface QueueState {
  readonly library: QueueLibrary
  readonly name: string
  /** Where it is kept: the prefix of its keys, or the schema of its tables. */
  readonly place: string
  readonly isPaused: boolean
  readonly counts: QueueCounts
  /**
   * The most jobs that were active at the same time, in all processes together: of BullMQ by its stream of events, which keeps some 10,000; of pg-boss by
   * the last start and the end of each job. Undefined where the library keeps no record.
   */
  readonly peakActive: number | undefined
  /** How many jobs were ever added. Undefined where the library does not tell. */
  readonly added: number | undefined
  /** Jobs that have not ended, the oldest of each state first; the first 100 of each. */
  readonly jobs: readonly QueueJob[]
  /** Jobs that have failed for good, the last first; the last 1,000. */
  readonly failed: readonly QueueJob[]
}

/** Evidence of `suite.inspectQueues`: every queue of the suite's stores, in one look at each store. Immutable. */
export interface QueueSnapshot {
  readonly kind: 'queues'
  /** In the order of their names. */
  readonly queues: readonly QueueState[]
  /** A table. */
  readonly toString: () => string
}

export function makeQueueSnapshot(found: readonly QueueState[]): QueueSnapshot {
  const queues = found.toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)).map(freezeQueue)
  const snapshot = { kind: 'queues', queues: Object.freeze(queues) } as const
  // Not enumerable, so that the snapshot stays plain data to `toEqual` and structuredClone.
  Object.defineProperty(snapshot, 'toString', { value: (): string => printQueues(queues) })
  return Object.freeze(snapshot)
}

/** True for a `QueueSnapshot`, also one made by another copy of the package. */
export function isQueueSnapshot(value: unknown): value is QueueSnapshot {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'queues' && 'queues' in value
}

/** Jobs that have not ended. */
export function depthOf({ counts }: Pick<QueueState, 'counts'>): number {
  return OPEN_STATES.reduce((sum, state) => sum + counts[state], 0)
}

function freezeQueue(queue: QueueState): QueueState {
  const freezeAll = (jobs: readonly QueueJob[]): readonly QueueJob[] => Object.freeze(jobs.map((job) => Object.freeze(job)))
  return Object.freeze({ ...queue, counts: Object.freeze(queue.counts), jobs: freezeAll(queue.jobs), failed: freezeAll(queue.failed) })
}
