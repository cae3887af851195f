import { randomUUID } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import type { FastifyInstance, LightMyRequestResponse } from 'fastify'
import { createTest } from 'hotbed/vitest'
import { createApp, type Feature } from '../../src/partners/app.js'

const migrations = fileURLToPath(new URL('../../migrations/partners', import.meta.url))
/** A breaker half-opens by its own timer, which jumps of the clock are to reach. */
const base = createTest({ postgres: { migrations }, redis: {} }, { clock: { timers: ['opossum'] } })

/** `test` with the third parties of the shop, and its instances. */
export const test = base
  /** Charges once for each Idempotency-Key, as payment providers do. */
  .extend('payments', async ({ suite }, { onCleanup }) => {
    const charges = new Map<string, string>()
    const payments = await suite.startUpstream({
      name: 'payments',
      routes: {
        'POST /charges': ({ headers }) => {
          const key = headers['idempotency-key'] ?? randomUUID()
          const id = charges.get(key) ?? `ch_${randomUUID()}`
          charges.set(key, id)
          return { status: 201, body: { id } }
        },
      },
    })
    onCleanup(() => payments.stop())
    return { url: payments.url, charged: () => charges.size }
  })
  .extend('logistics', async ({ suite }, { onCleanup }) => {
    const logistics = await suite.startUpstream({
      name: 'logistics',
      routes: { 'GET /shipments/:order': { status: 200, body: { state: 'on its way' } } },
    })
    onCleanup(() => logistics.stop())
    return logistics
  })
  /** Starts an instance, which lives until the test ends. */
  .extend('start', async ({ suite, payments, logistics }, { onCleanup }) => {
    const started: FastifyInstance[] = []
    onCleanup(async () => void (await Promise.all(started.map((app) => app.close()))))
    return async (...features: readonly Feature[]): Promise<FastifyInstance> => {
      const app = await createApp(features, {
        databaseUrl: suite.postgres.url,
        redisUrl: suite.redis.url,
        paymentsUrl: payments.url,
        logisticsUrl: logistics.url,
      })
      started.push(app)
      return app
    }
  })

export function order(app: FastifyInstance): Promise<LightMyRequestResponse> {
  return app.inject({ method: 'POST', url: '/orders', payload: { product: 'lamp', amountCents: 4_900 } })
}

export async function orderStatus(app: FastifyInstance): Promise<number> {
  return (await order(app)).statusCode
}
