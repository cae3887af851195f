import type pg from 'pg'

/** As an application does it: one connection, BEGIN, its statements, COMMIT; the connection goes back whatever happens. */
export async function inTransaction(pool: pg.Pool, statements: readonly string[]): Promise<void> {
  const client = await pool.connect()
  try {
    await client.query('BEGIN')
    for (const statement of statements) await client.query(statement)
    await client.query('COMMIT')
  } finally {
    client.release()
  }
}
