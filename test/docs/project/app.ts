import pg from 'pg'
import { createClient } from 'redis'

export interface App {
  readonly orders: (user: number) => Promise<unknown>
  readonly close: () => Promise<void>
}

/** An application as a reader has it: rows of Postgres, kept in Redis for a minute, and loaded once for all who ask at the same time. */
export async function createApp({ databaseUrl, redisUrl }: { readonly databaseUrl: string; readonly redisUrl: string }): Promise<App> {
  const pool = new pg.Pool({ connectionString: databaseUrl })
  const redis = createClient({ url: redisUrl })
  await redis.connect()
  const loads = new Map<number, Promise<unknown>>()
  const load = async (user: number): Promise<unknown> => {
    const { rows } = await pool.query('SELECT * FROM orders WHERE user_id = $1 ORDER BY created_at DESC LIMIT 20', [user])
    await redis.set(`orders:${user}`, JSON.stringify(rows), { EX: 60 })
    return rows
  }
  return {
    orders: async (user) => {
      const cached = await redis.get(`orders:${user}`)
      if (cached !== null) return JSON.parse(cached) as unknown
      const loading = loads.get(user) ?? load(user).finally(() => loads.delete(user))
      loads.set(user, loading)
      return loading
    },
    close: async () => {
      await redis.close()
      await pool.end()
    },
  }
}
