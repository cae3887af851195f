import { Worker } from 'bullmq'
import type { BuildReport, ReportRequest } from '../report.js'
import { openStores, type StoresOptions } from '../stores.js'
import { openReportQueue, QUEUE, type LimitJobs } from './report-queue.js'

export interface WorkerOptions extends StoresOptions {
  readonly redisUrl: string
  readonly build: BuildReport
  readonly limitJobs: LimitJobs
}

export interface ReportWorker {
  readonly close: () => Promise<void>
}

/** A process of its own in production, of which there are several. */
export async function startReportWorker({ redisUrl, build, limitJobs, ...options }: WorkerOptions): Promise<ReportWorker> {
  const stores = openStores(options)
  const queue = openReportQueue(redisUrl)
  await limitJobs(queue)
  const worker = new Worker<ReportRequest>(QUEUE, ({ data }) => build(stores, data), { connection: { url: redisUrl }, concurrency: 5 })
  await worker.waitUntilReady()
  return {
    close: async () => {
      await worker.close()
      await queue.close()
      await stores.pool.end()
    },
  }
}
