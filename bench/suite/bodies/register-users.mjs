export const title = 'users register'

export function define({ expect, test, stores }, n) {
  test('with an address of their own', async () => {
    const { rows } = await stores.pg.query('INSERT INTO users (email, name) VALUES ($1, $2) RETURNING id', [`new${n}@example.com`, 'New'])
    expect(Number(rows[0].id)).toBeGreaterThan(0)
  })
  test('not with that of another', async () => {
    await expect(stores.pg.query("INSERT INTO users (email, name) VALUES ($1, 'Again')", [`user${n + 1}@example.com`])).rejects.toThrow(
      'users_email_key',
    )
  })
  test('and there is one more than before', async () => {
    const { rows } = await stores.pg.query('SELECT count(*)::int AS users FROM users')
    expect(rows).toEqual([{ users: 15_001 }])
  })
}
