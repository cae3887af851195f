export const title = 'a rate limit'

export function define({ expect, test, stores }, n) {
  const call = async () => {
    const used = await stores.redis.incr(`limit:${n}`)
    if (used === 1) await stores.redis.expire(`limit:${n}`, 60)
    return used <= 10
  }
  test('lets ten calls in, and no more', async () => {
    const allowed = await Promise.all(Array.from({ length: 25 }, call))
    expect(allowed.filter(Boolean)).toHaveLength(10)
  })
  test('is over when its window is', async () => {
    await stores.redis.del(`limit:${n}`)
    expect(await call()).toBe(true)
  })
}
