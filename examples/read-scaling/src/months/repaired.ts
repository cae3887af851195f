import type { CountMonth } from './months.js'

/** The range of the month is a range of the key: one partition is read. */
export const countMonth: CountMonth = async (pool, month) => {
  const first = new Date(`${month}-01T00:00:00Z`)
  const next = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 1))
  const { rows } = await pool.query<{ orders: string }>('SELECT count(*) AS orders FROM orders WHERE placed_at >= $1 AND placed_at < $2', [
    first.toISOString(),
    next.toISOString(),
  ])
  return Number(rows[0]?.orders)
}
