import Fastify, { type FastifyInstance } from 'fastify'
import { Redis } from 'ioredis'
import pg from 'pg'
import type { OrderRequest, PlaceOrder } from './order.js'

export interface OrdersAppOptions {
  readonly databaseUrl: string
  readonly redisUrl: string
  /** How an order is placed: there is a broken and a repaired way. */
  readonly placeOrder: PlaceOrder
}

export interface OrdersApp {
  readonly server: FastifyInstance
  readonly pool: pg.Pool
}

/** One instance of the API that takes orders. Who has waited for a connection for a second gets an error. */
export function createOrdersApp({ databaseUrl, redisUrl, placeOrder }: OrdersAppOptions): OrdersApp {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 4, connectionTimeoutMillis: 1_000 })
  const redis = new Redis(redisUrl)
  const server = Fastify()

  server.post<{ Body: OrderRequest }>('/orders', async ({ body }, answer) => {
    return answer.code(201).send(await placeOrder({ pool, redis }, body))
  })

  server.addHook('onClose', async () => {
    await redis.quit()
    await pool.end()
  })
  return { server, pool }
}
