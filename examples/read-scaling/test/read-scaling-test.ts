import { fileURLToPath } from 'node:url'
import type { FastifyInstance } from 'fastify'
import { createTest } from 'hotbed/vitest'
import { createApp, type Ways } from '../src/app.js'

const migrations = fileURLToPath(new URL('../migrations', import.meta.url))
/** Replicas follow a whole server, so the suite has one of its own. */
const base = createTest({ postgres: { migrations, replicas: 1 } }, { isolation: 'server' })

/** `test` with instances of the API, which live until the test ends, as does a held replay. */
export const test = base.extend('start', async ({ suite }, { onCleanup }) => {
  const started: FastifyInstance[] = []
  onCleanup(async () => {
    await Promise.all(started.map((app) => app.close()))
    // For the next test the replica follows.
    await suite.postgres.lag.release()
  })
  return (ways: Ways): FastifyInstance => {
    const { url, replicas } = suite.postgres
    const app = createApp({ primaryUrl: url, replicaUrl: replicas[0].url }, ways)
    started.push(app)
    return app
  }
})

export function order(app: FastifyInstance, customer: number, totalCents: number): Promise<unknown> {
  return app.inject({ method: 'POST', url: `/customers/${customer}/orders`, payload: { totalCents } })
}

export async function ordersOf(app: FastifyInstance, customer: number): Promise<readonly number[]> {
  return (await app.inject(`/customers/${customer}/orders`)).json<readonly number[]>()
}

export async function totalOrders(app: FastifyInstance, customer: number): Promise<number> {
  return (await app.inject(`/customers/${customer}/totals`)).json<{ orders: number }>().orders
}

export function show(failure: string): void {
  console.log(`\nThis is what the failing expectation says:\n\n${failure}\n`)
}
