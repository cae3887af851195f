import { OPEN_STATES, type OpenJobState } from './open-states.js'
import type { QueueCounts, QueueJob, QueueLibrary, QueueState } from './queue-snapshot.js'

/** One row of what the tables of a queue hold: a job, or a queue without one. Of each state the first jobs only, each with how many there are. */
export interface PlacedJob {
  readonly queue: string
  /** Null: nothing is in the queue. */
  readonly state: QueueJob['state'] | 'completed' | 'cancelled' | null
  readonly id: string | null
  readonly attempts_made: number | null
  readonly attempts_allowed: number | null
  readonly due_in_ms: number | null
  readonly reason: string | null
  readonly data: string | null
  readonly total: number | null
  /** Of the queue. */
  readonly peak_active: number | null
}

/** So many jobs of each state are read, and shown of those that have failed. */
export const PLACES = 1_000
const SHOWN_OPEN = 100

/** Queues from their rows. */
export function gatherQueues(
  rows: readonly PlacedJob[],
  { library, place, keepsCompleted }: { readonly library: QueueLibrary; readonly place: string; readonly keepsCompleted: boolean },
): readonly QueueState[] {
  const byQueue = new Map<string, PlacedJob[]>()
  for (const row of rows) byQueue.set(row.queue, [...(byQueue.get(row.queue) ?? []), row])
  return [...byQueue].map(([name, own]) => {
    const totals = new Map(own.map(({ state, total }) => [state, total ?? 0]))
    const count = (state: PlacedJob['state']): number => totals.get(state) ?? 0
    const open = Object.fromEntries(OPEN_STATES.map((state) => [state, count(state)])) as Pick<QueueCounts, OpenJobState>
    const jobs = own.flatMap((row) => readJob(row))
    return {
      library,
      name,
      place,
      isPaused: false,
      counts: { ...open, scheduled: 0, failed: count('failed'), completed: keepsCompleted ? count('completed') : undefined },
      peakActive: own[0]?.peak_active ?? undefined,
      added: keepsCompleted ? [...totals.values()].reduce((sum, total) => sum + total, 0) : undefined,
      jobs: OPEN_STATES.flatMap((state) => jobs.filter((job) => job.state === state).slice(0, SHOWN_OPEN)),
      failed: jobs.filter(({ state }) => state === 'failed'),
    }
  })
}

function readJob({ queue, state, id, attempts_made, attempts_allowed, due_in_ms, reason, data }: PlacedJob): readonly QueueJob[] {
  if (state === null || state === 'completed' || state === 'cancelled') return []
  const isEarly = state === 'delayed' || state === 'retrying'
  return [
    {
      id: id ?? '',
      name: queue,
      state,
      attemptsMade: attempts_made ?? 0,
      attemptsAllowed: attempts_allowed ?? undefined,
      dueInMs: isEarly && due_in_ms !== null ? Math.round(due_in_ms) : undefined,
      reason: reason ?? undefined,
      data: data ?? '',
    },
  ]
}
