import { Worker } from 'bullmq'
import pg from 'pg'
import type { AfterOrder, AfterOrderStep } from './order.js'
import { QUEUE } from './orders-app.js'
import { sendMail } from './send-mail.js'

export interface WorkerOptions {
  readonly databaseUrl: string
  readonly redisUrl: string
  /** How an invoice is written: there is a broken and a repaired way. */
  readonly writeInvoice: AfterOrderStep
}

export interface OrdersWorker {
  readonly close: () => Promise<void>
}

/** A process of its own in production: it does what follows an order. */
export async function startOrdersWorker({ databaseUrl, redisUrl, writeInvoice }: WorkerOptions): Promise<OrdersWorker> {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 2 })
  const steps: Readonly<Record<string, AfterOrderStep>> = { mail: sendMail, invoice: writeInvoice }
  const worker = new Worker<AfterOrder>(QUEUE, async ({ name, data }) => steps[name]?.(pool, data), { connection: { url: redisUrl } })
  worker.on('error', () => {})
  await worker.waitUntilReady()
  return {
    close: async () => {
      await worker.close(true)
      await pool.end()
    },
  }
}
