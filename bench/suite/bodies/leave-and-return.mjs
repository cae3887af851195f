export const title = 'users leave'

export function define({ expect, test, stores }, n) {
  test('and are not found any more', async () => {
    await stores.pg.query('UPDATE users SET deleted_at = now() WHERE id = $1', [n + 1])
    expect((await stores.pg.query('SELECT 1 FROM users WHERE id = $1 AND deleted_at IS NULL', [n + 1])).rowCount).toBe(0)
  })
  test('with all that was cached of them', async () => {
    await stores.redis.mset(`user:${n + 1}`, '{}', `user:${n + 2}`, '{}')
    await stores.redis.unlink(`user:${n + 1}`)
    expect(await stores.redis.exists(`user:${n + 1}`, `user:${n + 2}`)).toBe(1)
  })
  test('one at a time', async () => {
    expect((await stores.pg.query('SELECT count(*)::int AS left FROM users WHERE deleted_at IS NOT NULL')).rows).toEqual([{ left: 1 }])
  })
}
