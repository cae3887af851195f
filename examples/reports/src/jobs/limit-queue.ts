import type { LimitJobs } from './report-queue.js'

/** Repaired: the limit is kept in Redis, with the queue, and holds over all workers. */
export const limitQueue: LimitJobs = async (queue) => {
  await queue.setGlobalConcurrency(5)
}
