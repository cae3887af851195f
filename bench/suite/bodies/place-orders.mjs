export const title = 'orders are placed'

export function define({ expect, test, stores }, n) {
  test('in one transaction with their items', async () => {
    const client = await stores.pg.connect()
    try {
      await client.query('BEGIN')
      const { rows } = await client.query("INSERT INTO orders (id, user_id, status) VALUES (100000, $1, 'pending') RETURNING id", [n + 1])
      for (const line of [1, 2, 3]) {
        await client.query('INSERT INTO order_items VALUES ($1, $2, $3, 1, 500)', [rows[0].id, line, n + line])
        await client.query('UPDATE products SET stock = stock - 1 WHERE id = $1', [n + line])
      }
      await client.query('UPDATE orders SET total_cents = 1500 WHERE id = $1', [rows[0].id])
      await client.query('COMMIT')
    } finally {
      client.release()
    }
    const { rows } = await stores.pg.query('SELECT count(*)::int AS items FROM order_items WHERE order_id = 100000')
    expect(rows).toEqual([{ items: 3 }])
  })
  test('and taken back when one of them is out of stock', async () => {
    const client = await stores.pg.connect()
    try {
      await client.query('BEGIN')
      await client.query("INSERT INTO orders (id, user_id, status) VALUES (100001, $1, 'pending')", [n + 1])
      await expect(client.query('UPDATE products SET stock = stock - 1000 WHERE id = $1', [n + 1])).rejects.toThrow('products_stock_check')
      await client.query('ROLLBACK')
    } finally {
      client.release()
    }
    expect((await stores.pg.query('SELECT 1 FROM orders WHERE id = 100001')).rowCount).toBe(0)
  })
  test('so that there is one more', async () => {
    expect((await stores.pg.query('SELECT count(*)::int AS orders FROM orders')).rows).toEqual([{ orders: 80_001 }])
  })
}
