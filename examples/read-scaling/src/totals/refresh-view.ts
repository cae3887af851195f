import type pg from 'pg'

/** In one transaction with the moment of it: whoever reads one reads the other. */
export async function refreshView(pool: pg.Pool, statement: string): Promise<void> {
  const client = await pool.connect()
  try {
    await client.query('BEGIN')
    await client.query(statement)
    await client.query("UPDATE refreshes SET refreshed_at_ms = $1 WHERE view = 'customer_totals'", [Date.now()])
    await client.query('COMMIT')
  } catch (error) {
    await client.query('ROLLBACK')
    throw error
  } finally {
    client.release()
  }
}
