export const title = 'products are browsed'

export function define({ expect, test, stores }, n) {
  test('a page of products, by name', async () => {
    const { rows } = await stores.pg.query('SELECT sku FROM products ORDER BY id LIMIT 20 OFFSET $1', [n * 20])
    expect(rows.map(({ sku }) => sku)).toEqual(Array.from({ length: 20 }, (_, i) => `SKU-${n * 20 + i + 1}`))
  })
  test('one product is cached', async () => {
    const { rows } = await stores.pg.query('SELECT * FROM products WHERE id = $1', [n + 1])
    await stores.redis.set(`product:${n + 1}`, JSON.stringify(rows[0]), 'EX', 60)
    expect(JSON.parse(await stores.redis.get(`product:${n + 1}`)).sku).toBe(`SKU-${n + 1}`)
    expect(await stores.redis.ttl(`product:${n + 1}`)).toBeGreaterThan(50)
  })
  test('nothing else is in the cache', async () => {
    expect(await stores.redis.keys('*')).toEqual([`product:${n + 1}`])
  })
}
