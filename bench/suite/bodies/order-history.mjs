export const title = 'the orders of a user'

export function define({ expect, test, stores }, n) {
  const history = (user) => stores.pg.query('SELECT id FROM orders WHERE user_id = $1 ORDER BY created_at DESC LIMIT 10', [user])
  test('come newest first', async () => {
    const ids = (await history(n * n + 1)).rows.map(({ id }) => Number(id))
    expect(ids).toEqual(ids.toSorted((a, b) => b - a))
  })
  test('have a new one on top', async () => {
    const { rows } = await stores.pg.query("INSERT INTO orders (user_id, status) VALUES ($1, 'paid') RETURNING id", [n + 1])
    expect((await history(n + 1)).rows[0]).toEqual(rows[0])
  })
  test('are read by the index', async () => {
    const { rows } = await stores.pg.query(
      `EXPLAIN (FORMAT JSON) SELECT id FROM orders WHERE user_id = ${n + 1} ORDER BY created_at DESC LIMIT 10`,
    )
    expect(JSON.stringify(rows)).toContain('orders_user_id_created_at_idx')
  })
}
