import Fastify, { type FastifyInstance } from 'fastify'
import type { CountMonth } from './months/months.js'
import type { CreateRouter } from './routing/router.js'
import { openServers, type ServerUrls } from './servers.js'
import type { Totals } from './totals/totals.js'

/** What there is a broken and a repaired way of. */
export interface Ways {
  readonly createRouter: CreateRouter
  readonly totals: Totals
  readonly countMonth: CountMonth
}

interface Customer {
  readonly customer: string
}

/** The API: writes go to the primary, reads to where they are routed. */
export function createApp(urls: ServerUrls, { createRouter, totals, countMonth }: Ways): FastifyInstance {
  const servers = openServers(urls)
  const router = createRouter(servers)
  const app = Fastify()

  app.post<{ Params: Customer; Body: { readonly totalCents: number } }>('/customers/:customer/orders', async ({ params, body }, answer) => {
    const customer = Number(params.customer)
    await servers.primary.query('INSERT INTO orders (customer, total_cents) VALUES ($1, $2)', [customer, body.totalCents])
    await router.wrote(customer)
    return answer.code(201).send({ totalCents: body.totalCents })
  })

  app.get<{ Params: Customer }>('/customers/:customer/orders', async ({ params }) => {
    const customer = Number(params.customer)
    const reader = await router.readerFor(customer)
    const { rows } = await reader.query<{ total: number }>(
      'SELECT total_cents AS total FROM orders WHERE customer = $1 ORDER BY placed_at DESC LIMIT 10',
      [customer],
    )
    return rows.map(({ total }) => total)
  })

  app.get<{ Params: Customer }>('/customers/:customer/totals', ({ params }) => totals.read(servers, Number(params.customer)))

  app.post('/totals/refresh', async (_, answer) => {
    await totals.refresh(servers)
    return answer.code(204).send()
  })

  app.get<{ Params: { readonly month: string } }>('/months/:month', async ({ params }) => ({
    orders: await countMonth(servers.replica, params.month),
  }))

  app.addHook('onClose', async () => {
    await Promise.all([servers.primary.end(), servers.replica.end()])
  })
  return app
}
