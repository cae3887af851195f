import type { AfterOrderStep, PlaceOrder } from '../../src/jobs/order.js'
import { createOrdersApp } from '../../src/jobs/orders-app.js'
import { startOrdersWorker, type OrdersWorker } from '../../src/jobs/worker.js'
import type { OrdersSuite } from './stacks.js'

export interface Shop extends AsyncDisposable {
  /** Sends one order, and gives the status and the order's number. */
  readonly order: (customer: string, requestKey?: string) => Promise<{ readonly status: number; readonly order: number | undefined }>
  readonly startWorker: (writeInvoice: AfterOrderStep) => Promise<OrdersWorker>
  readonly count: (table: 'orders' | 'mails' | 'invoices') => Promise<number>
}

/** The application over a suite, with ten of one product in stock. */
export async function openShop(suite: OrdersSuite, placeOrder: PlaceOrder): Promise<Shop> {
  const urls = { databaseUrl: suite.postgres.url, redisUrl: suite.redis.url }
  await suite.postgres.query('INSERT INTO products VALUES (7, 10)')
  const app = createOrdersApp({ ...urls, placeOrder })
  const workers: OrdersWorker[] = []
  let requests = 0
  return {
    order: async (customer, requestKey = `request ${(requests += 1)}`) => {
      const headers = { 'idempotency-key': requestKey }
      const answer = await app.inject({ method: 'POST', url: '/orders', headers, payload: { customer, product: 7, quantity: 1 } })
      return { status: answer.statusCode, order: answer.json<{ order?: number }>().order }
    },
    startWorker: async (writeInvoice) => {
      const worker = await startOrdersWorker({ ...urls, writeInvoice })
      workers.push(worker)
      return worker
    },
    count: async (table) => (await suite.postgres.query(`SELECT FROM ${table}`)).rows.length,
    [Symbol.asyncDispose]: async () => {
      await Promise.all(workers.map((worker) => worker.close()))
      await app.close()
    },
  }
}
