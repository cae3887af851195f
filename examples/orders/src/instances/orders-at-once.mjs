/** Repaired: an order is accepted when it is in the table. */
export function ordersAtOnce(pool) {
  return {
    place: async (id) => void (await pool.query('INSERT INTO orders (id) VALUES ($1)', [id])),
    close: async () => {},
  }
}
