import { inTransaction } from '../stores.js'
import type { PlaceOrder } from './place-order.js'

/**
 * Broken three times: the stock is checked before it is taken, a request that is sent again is another order, and products are locked in the
 * order in which the customer has put them into the cart.
 */
export const asItComes: PlaceOrder = ({ pool }, { customer, lines }) =>
  inTransaction(pool, async (client) => {
    for (const { product, quantity } of lines) {
      const { rows } = await client.query<{ stock: number }>('SELECT stock FROM products WHERE id = $1', [product])
      if ((rows[0]?.stock ?? 0) < quantity) return undefined
    }
    for (const { product, quantity } of lines) {
      await client.query('UPDATE products SET stock = stock - $2 WHERE id = $1', [product, quantity])
    }
    const { rows } = await client.query<{ id: string }>('INSERT INTO orders (customer) VALUES ($1) RETURNING id', [customer])
    const id = rows[0]?.id
    for (const { product, quantity } of lines) {
      await client.query('INSERT INTO order_lines (order_id, product_id, quantity) VALUES ($1, $2, $3)', [id, product, quantity])
    }
    return id
  })
