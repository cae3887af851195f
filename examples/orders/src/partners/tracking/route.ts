import type { FastifyInstance } from 'fastify'
import type pg from 'pg'

/** Where the parcel of an order is. */
export type Locate = (order: string) => Promise<string>

/** `GET /orders/:id`, however the parcel is found. */
export function showOrders(app: FastifyInstance, pool: pg.Pool, locate: Locate): void {
  app.get<{ Params: { id: string } }>('/orders/:id', async ({ params }, answer) => {
    const { rows } = await pool.query<{ product: string; status: string }>('SELECT product, status FROM orders WHERE id = $1', [params.id])
    const [order] = rows
    if (order === undefined) return answer.code(404).send({ error: 'no such order' })
    return { ...order, parcel: await locate(params.id) }
  })
}
