import type { FastifyInstance, LightMyRequestResponse } from 'fastify'
import { delay, type PostgresDefinition, type RedisDefinition } from 'hotbed'
import { createTest } from 'hotbed/vitest'
import type pg from 'pg'
import type { PlaceOrder } from '../../src/peak/order.js'
import { createOrdersApp } from '../../src/peak/orders-app.js'

/** How far away the database is. A lock that is held over three of these lets no more than 22 a second through, however fast the machine is. */
const ROUND_TRIP_MS = 15
const CUSTOMERS = 20

/** Two seconds of the peak, once it has begun. */
export const peak = { rate: '4000/min', for: { count: 134 }, warmUp: '500ms' } as const

/**
 * What is asked at the peak. One way cannot keep it by construction: of 134 orders no more than 70 get a connection in time, and those in the second
 * before the end all wait. The other has room for a machine that has other work.
 */
export const thresholds = { 'p(95)': '<950', 'errors.rate': '<0.1', rate: '>25', backlog: '<50' } as const

export interface Shop {
  readonly pool: pg.Pool
  /** One of twenty customers orders, each in turn. */
  readonly order: (request: { readonly index: number }) => Promise<LightMyRequestResponse>
}

/** `test` with a database that is a round trip away, and instances that live until the test ends. */
export function createPeakTest(stack: { readonly postgres: PostgresDefinition; readonly redis: RedisDefinition }) {
  return createTest(stack).extend('open', async ({ suite }, { onCleanup }) => {
    const distance = await suite.intercept({ sql: /^\s*(?:select|update|insert|with|commit)/i }, delay(ROUND_TRIP_MS))
    const servers: FastifyInstance[] = []
    onCleanup(async () => {
      await Promise.all(servers.map((server) => server.close()))
      await distance.remove()
    })
    return (placeOrder: PlaceOrder): Shop => {
      const { server, pool } = createOrdersApp({ databaseUrl: suite.postgres.url, redisUrl: suite.redis.url, placeOrder })
      servers.push(server)
      const order: Shop['order'] = ({ index }) =>
        server.inject({ method: 'POST', url: '/orders', payload: { customer: (index % CUSTOMERS) + 1, product: 'lamp' } })
      return { pool, order }
    }
  })
}
