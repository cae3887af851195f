import { Queue, Worker, type JobsOptions, type Processor, type WorkerOptions } from 'bullmq'

/** A queue of BullMQ and, once it is started, its workers. */
export interface Jobs {
  readonly queue: Queue
  readonly add: (name: string, data: object, options?: JobsOptions) => Promise<unknown>
  readonly work: (processor: Processor, options?: Partial<WorkerOptions>) => Promise<Worker>
  /** Ends workers whatever they do. */
  readonly close: () => Promise<void>
}

export function openJobs(redisUrl: string, name: string): Jobs {
  const connection = { url: redisUrl }
  const queue = new Queue(name, { connection })
  const workers: Worker[] = []
  return {
    queue,
    add: (job, data, options) => queue.add(job, data, options),
    work: async (processor, options = {}) => {
      const worker = new Worker(name, processor, { connection, ...options })
      worker.on('error', () => {})
      workers.push(worker)
      await worker.waitUntilReady()
      return worker
    },
    close: async () => {
      await Promise.all(workers.map((worker) => worker.close(true)))
      await queue.close()
    },
  }
}
