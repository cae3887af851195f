export const title = 'best sellers'

export function define({ expect, test, stores }, n) {
  test('are counted over all items', async () => {
    const { rows } = await stores.pg.query(
      'SELECT product_id, sum(quantity)::int AS sold FROM order_items GROUP BY product_id ORDER BY sold DESC, product_id LIMIT 10',
    )
    expect(rows).toHaveLength(10)
    await stores.redis.zadd('best', ...rows.flatMap(({ product_id, sold }) => [sold, product_id]))
    expect(await stores.redis.zcard('best')).toBe(10)
  })
  test('change when much is sold', async () => {
    await stores.redis.zincrby('best', 10_000, String(n + 1))
    expect(await stores.redis.zrevrange('best', 0, 0)).toEqual([String(n + 1)])
  })
}
