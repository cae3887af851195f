import { formatNumber } from '../load-words.js'

/** Jobs of one queue that could run now, were there workers enough. */
export interface ReadyJobs {
  readonly queue: string
  readonly jobs: number
}

/** Asks the queues of the suite's stores, past the tap. Jobs that wait for their time on purpose are not among them. */
export type ReadReadyJobs = () => Promise<readonly ReadyJobs[]>

/** What became of one queue while a rate was held. */
export interface QueueGrowth {
  readonly queue: string
  readonly before: number
  readonly after: number
}

/** Fewer than that come and go. */
const LEAST_JOBS = 10
/** Of the requests, that leave a job each or more. */
const UNFINISHED = 0.05

export function queueGrowth(before: readonly ReadyJobs[], after: readonly ReadyJobs[]): readonly QueueGrowth[] {
  const earlier = new Map(before.map(({ queue, jobs }) => [queue, jobs]))
  return after.map(({ queue, jobs }) => ({ queue, before: earlier.get(queue) ?? 0, after: jobs }))
}

/** The queue that grew most, if it grew by more than what is normally under way: its workers do not follow. */
export function findPileUp(queues: readonly QueueGrowth[], requests: number): QueueGrowth | undefined {
  const [most] = queues.toSorted((a, b) => grownBy(b) - grownBy(a))
  return most !== undefined && grownBy(most) > Math.max(LEAST_JOBS, UNFINISHED * requests) ? most : undefined
}

export function printPileUp({ queue, before, after }: QueueGrowth): string {
  return `jobs pile up in the queue ${queue}: ${formatNumber(after)} at the end, ${formatNumber(before)} at the start`
}

function grownBy({ before, after }: QueueGrowth): number {
  return after - before
}
