import { inTransaction } from '../stores.js'
import { SoldOut, type PlaceOrder } from './place-order.js'

/** Repaired: the request's key makes the order unique, the stock is taken where there is enough, and products are locked in the order of their ids. */
export const once: PlaceOrder = async ({ pool }, { customer, lines, requestKey }) => {
  try {
    return await inTransaction(pool, async (client) => {
      const { rows } = await client.query<{ id: string }>(
        'INSERT INTO orders (customer, request_key) VALUES ($1, $2) ON CONFLICT (request_key) DO NOTHING RETURNING id',
        [customer, requestKey],
      )
      const id = rows[0]?.id
      if (id === undefined) {
        const known = await client.query<{ id: string }>('SELECT id FROM orders WHERE request_key = $1', [requestKey])
        return known.rows[0]?.id
      }
      for (const { product, quantity } of lines.toSorted((a, b) => a.product - b.product)) {
        const { rowCount } = await client.query('UPDATE products SET stock = stock - $2 WHERE id = $1 AND stock >= $2', [product, quantity])
        if (rowCount === 0) throw new SoldOut()
        await client.query('INSERT INTO order_lines (order_id, product_id, quantity) VALUES ($1, $2, $3)', [id, product, quantity])
      }
      return id
    })
  } catch (error) {
    if (error instanceof SoldOut) return undefined
    throw error
  }
}
