export const title = 'pending orders'

export function define({ expect, test, stores }, n) {
  const claim = async (client, count) =>
    (
      await client.query(
        "UPDATE orders SET status = 'paid' WHERE id IN (SELECT id FROM orders WHERE status = 'pending' ORDER BY created_at LIMIT $1 FOR UPDATE SKIP LOCKED) RETURNING id",
        [count],
      )
    ).rows.map(({ id }) => id)
  test('are taken by one worker each', async () => {
    const [one, other] = [await stores.pg.connect(), await stores.pg.connect()]
    try {
      await one.query('BEGIN')
      const first = await claim(one, 20 + n)
      const second = await claim(other, 20)
      await one.query('COMMIT')
      expect(first.filter((id) => second.includes(id))).toEqual([])
      expect(first).toHaveLength(20 + n)
    } finally {
      one.release()
      other.release()
    }
  })
  test('are fewer then', async () => {
    const { rows } = await stores.pg.query("SELECT count(*)::int AS pending FROM orders WHERE status = 'pending'")
    expect(rows[0].pending).toBe(13_333 - 40 - n)
  })
}
