import type { SuiteParts } from '../databases/suite-parts.js'
import type { ReadyJobs } from '../load/knee/queue-growth.js'
import { findQueues, readQueues } from './find-queues.js'
import type { OpenJobState } from './open-states.js'

/** Whoever waits for a time, or for children, is late by no fault of the workers. */
const READY: readonly OpenJobState[] = ['active', 'waiting', 'prioritized', 'retrying']

/** How many jobs of each queue a worker could have now, or has. */
export async function readReadyJobs(parts: SuiteParts, nowMs: number): Promise<readonly ReadyJobs[]> {
  const queues = await readQueues(parts, await findQueues(parts), { nowMs, withHistory: false })
  return queues.map(({ name, counts }) => ({ queue: name, jobs: READY.reduce((sum, state) => sum + counts[state], 0) }))
}
