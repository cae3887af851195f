export const title = 'an order that is sent twice'

export function define({ expect, test, stores }, n) {
  const place = () =>
    stores.pg.query(
      "INSERT INTO orders (user_id, status, idempotency_key) VALUES ($1, 'pending', 'key') ON CONFLICT (idempotency_key) DO NOTHING",
      [n + 1],
    )
  test('is placed once, one after the other', async () => {
    expect([(await place()).rowCount, (await place()).rowCount]).toEqual([1, 0])
  })
  test('is placed once, at the same time', async () => {
    await stores.pg.query("DELETE FROM orders WHERE idempotency_key = 'key'")
    const counts = await Promise.all(Array.from({ length: 5 }, async () => (await place()).rowCount))
    expect(counts.toSorted((a, b) => a - b)).toEqual([0, 0, 0, 0, 1])
  })
  test('is known to Redis, too', async () => {
    expect(await stores.redis.set(`order:${n}`, '1', 'EX', 60, 'NX')).toBe('OK')
    expect(await stores.redis.set(`order:${n}`, '1', 'EX', 60, 'NX')).toBeNull()
  })
}
