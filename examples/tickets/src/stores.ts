import type { Redis } from 'ioredis'
import type pg from 'pg'

/** What a request may use. */
export interface Stores {
  readonly pool: pg.Pool
  readonly redis: Redis
}

/** Runs `work` between BEGIN and COMMIT, or ROLLBACK where it throws. */
export async function inTransaction<Result>(
  pool: pg.Pool,
  work: (client: pg.PoolClient) => Promise<Result>,
  begin = 'BEGIN',
): Promise<Result> {
  const client = await pool.connect()
  try {
    await client.query(begin)
    const result = await work(client)
    await client.query('COMMIT')
    return result
  } catch (error) {
    await client.query('ROLLBACK')
    throw error
  } finally {
    client.release()
  }
}
