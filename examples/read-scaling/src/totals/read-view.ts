import type pg from 'pg'
import type { CustomerTotals } from './totals.js'

export async function readView(pool: pg.Pool, customer: number): Promise<CustomerTotals> {
  const { rows } = await pool.query<{ orders: string; cents: string }>(
    'SELECT orders, total_cents AS cents FROM customer_totals WHERE customer = $1',
    [customer],
  )
  return { orders: Number(rows[0]?.orders ?? 0), totalCents: Number(rows[0]?.cents ?? 0) }
}
