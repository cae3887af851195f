import { Queue } from 'bullmq'
import type { ReportRequest } from '../report.js'

export const QUEUE = 'reports'

export type ReportQueue = Queue<ReportRequest>

/** Sees to it that not too many reports are built at a time. */
export type LimitJobs = (queue: ReportQueue) => Promise<void>

export function openReportQueue(redisUrl: string): ReportQueue {
  return new Queue<ReportRequest>(QUEUE, { connection: { url: redisUrl } })
}
