import type { CountMonth } from './months.js'

/** An expression over the partition key says nothing of it to the planner: all partitions are read. */
export const countMonth: CountMonth = async (pool, month) => {
  const { rows } = await pool.query<{ orders: string }>(
    "SELECT count(*) AS orders FROM orders WHERE to_char(placed_at AT TIME ZONE 'UTC', 'YYYY-MM') = $1",
    [month],
  )
  return Number(rows[0]?.orders)
}
