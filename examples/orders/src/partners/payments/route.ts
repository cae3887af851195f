import type { FastifyInstance } from 'fastify'
import type pg from 'pg'

export interface NewOrder {
  readonly product: string
  readonly amountCents: number
}

export interface Order extends NewOrder {
  readonly id: string
}

/** Has an order paid; gives the number of the charge. */
export type Charge = (order: Order) => Promise<string>

/** `POST /orders`, however an order is paid. */
export function takeOrders(app: FastifyInstance, pool: pg.Pool, charge: Charge): void {
  app.post<{ Body: NewOrder }>('/orders', async ({ body }, answer) => {
    const { product, amountCents } = body
    const { rows } = await pool.query<{ id: string }>('INSERT INTO orders (product, amount_cents) VALUES ($1, $2) RETURNING id', [
      product,
      amountCents,
    ])
    const id = rows[0]?.id ?? ''
    try {
      const chargeId = await charge({ id, product, amountCents })
      await pool.query("UPDATE orders SET status = 'paid', charge_id = $2 WHERE id = $1", [id, chargeId])
      return answer.code(201).send({ id, chargeId })
    } catch (error) {
      await pool.query("UPDATE orders SET status = 'unpaid' WHERE id = $1", [id])
      return answer.code(503).send({ id, error: error instanceof Error ? error.message : String(error) })
    }
  })
}
