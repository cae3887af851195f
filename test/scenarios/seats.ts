import type { Pool } from 'pg'

/** Who sells the last seat? */
export const SEATS = 'CREATE TABLE seats (id int PRIMARY KEY, free int NOT NULL)'

/** Reads, decides, writes: two at once sell one seat twice, if both have read before one writes. */
export async function buySeat(pool: Pool): Promise<boolean> {
  const { rows } = await pool.query<{ free: number }>('SELECT free FROM seats WHERE id = 1')
  if ((rows[0]?.free ?? 0) < 1) return false
  await pool.query('UPDATE seats SET free = free - 1 WHERE id = 1')
  return true
}

/** The same behind a lock of the row: the second reads what the first has left. */
export async function buySeatLocked(pool: Pool): Promise<boolean> {
  const client = await pool.connect()
  try {
    await client.query('BEGIN')
    const { rows } = await client.query<{ free: number }>('SELECT free FROM seats WHERE id = 1 FOR UPDATE')
    const isFree = (rows[0]?.free ?? 0) > 0
    if (isFree) await client.query('UPDATE seats SET free = free - 1 WHERE id = 1')
    await client.query('COMMIT')
    return isFree
  } finally {
    client.release()
  }
}
