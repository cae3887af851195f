import type { FastifyInstance } from 'fastify'

export interface PriceRoute {
  readonly Params: { readonly id: string }
  readonly Body: { readonly priceCents: number }
}

/** `PUT /products/:id/price`, however the price is changed. */
export function servePriceChanges(app: FastifyInstance, change: (id: number, priceCents: number) => Promise<void>): void {
  app.put<PriceRoute>('/products/:id/price', async ({ params, body }, reply) => {
    await change(Number(params.id), body.priceCents)
    return reply.code(204).send()
  })
}
