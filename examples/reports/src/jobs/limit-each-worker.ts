import type { LimitJobs } from './report-queue.js'

/** Broken: each worker has its `concurrency` of five, and with every further instance there are five more. */
export const limitEachWorker: LimitJobs = async () => {}
