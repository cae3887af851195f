export const title = 'sessions'

export function define({ expect, test, stores }, n) {
  test('are kept as hashes with a life', async () => {
    await stores.redis.hset(`session:${n}`, { user: n + 1, cart: 0 })
    await stores.redis.expire(`session:${n}`, 1800)
    expect(await stores.redis.hgetall(`session:${n}`)).toEqual({ user: String(n + 1), cart: '0' })
  })
  test('count what is put into the cart', async () => {
    for (let i = 0; i < 5; i += 1) await stores.redis.hincrby(`session:${n}`, 'cart', 1)
    expect(await stores.redis.hget(`session:${n}`, 'cart')).toBe('5')
  })
  test('are those of users that are there', async () => {
    const user = await stores.redis.hget(`session:${n}`, 'user')
    expect((await stores.pg.query('SELECT email FROM users WHERE id = $1', [user])).rows).toEqual([{ email: `user${n + 1}@example.com` }])
  })
}
