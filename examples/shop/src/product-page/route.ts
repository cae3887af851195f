import type { FastifyInstance } from 'fastify'
import type { ProductDetails } from '../product-details.js'

export interface ProductRoute {
  readonly Params: { readonly id: string }
}

/** `GET /products/:id`, however the page comes by the product. */
export function serveProducts(app: FastifyInstance, find: (id: number) => Promise<ProductDetails | undefined>): void {
  app.get<ProductRoute>('/products/:id', async ({ params }, reply) => {
    const product = await find(Number(params.id))
    return product ?? reply.code(404).send({ error: 'no such product' })
  })
}
