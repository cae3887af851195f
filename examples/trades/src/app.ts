import Fastify, { type FastifyInstance } from 'fastify'
import pg from 'pg'

export interface AppOptions {
  readonly databaseUrl: string
}

/** What the history page asks for: the newest trades of a user in one symbol. */
export const TRADE_HISTORY = `
  SELECT id, side, quantity, price, created_at
  FROM trades
  WHERE user_id = $1 AND symbol = $2
  ORDER BY created_at DESC
  LIMIT 50`

/** A small API over trades. */
export async function createApp({ databaseUrl }: AppOptions): Promise<FastifyInstance> {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 5 })
  const app = Fastify()

  app.get<{ Params: { id: string; symbol: string } }>('/users/:id/trades/:symbol', async (request) => {
    const { rows } = await pool.query(TRADE_HISTORY, [request.params.id, request.params.symbol])
    return rows
  })

  app.addHook('onClose', () => pool.end())
  return app
}
