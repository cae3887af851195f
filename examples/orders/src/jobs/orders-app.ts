import { Queue } from 'bullmq'
import Fastify, { type FastifyInstance } from 'fastify'
import pg from 'pg'
import type { AfterOrder, OrderRequest, PlaceOrder } from './order.js'

export const QUEUE = 'after-order'

export interface OrdersAppOptions {
  readonly databaseUrl: string
  readonly redisUrl: string
  /** How an order is placed: there is a broken and a repaired way. */
  readonly placeOrder: PlaceOrder
}

/** The API that takes orders. */
export function createOrdersApp({ databaseUrl, redisUrl, placeOrder }: OrdersAppOptions): FastifyInstance {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 5 })
  pool.on('error', () => {})
  const queue = new Queue<AfterOrder>(QUEUE, { connection: { url: redisUrl } })
  const app = Fastify()

  app.post<{ Body: Omit<OrderRequest, 'requestKey'>; Headers: { 'idempotency-key': string } }>(
    '/orders',
    async ({ body, headers }, answer) => {
      const { status, order } = await placeOrder({ pool, queue }, { ...body, requestKey: headers['idempotency-key'] })
      return answer.code(status).send({ order })
    },
  )

  app.addHook('onClose', async () => {
    await queue.close()
    await pool.end()
  })
  return app
}
