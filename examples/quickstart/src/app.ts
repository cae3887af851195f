import Fastify, { type FastifyInstance } from 'fastify'
import pg from 'pg'
import { createClient } from 'redis'

export interface AppOptions {
  readonly databaseUrl: string
  readonly redisUrl: string
}

export const RECENT_ORDERS = `
  SELECT id, status, total_cents, created_at
  FROM orders
  WHERE user_id = $1
  ORDER BY created_at DESC
  LIMIT 20`

const PAGE_TTL_SECONDS = 60

/** A small orders API: the newest orders of a user, cached for a minute, and new orders. */
export async function createApp(options: AppOptions): Promise<FastifyInstance> {
  const pool = new pg.Pool({ connectionString: options.databaseUrl, max: 5 })
  const redis = createClient({ url: options.redisUrl })
  await redis.connect()

  const app = Fastify()

  app.get<{ Params: { id: string } }>('/users/:id/orders', async (request) => {
    const key = `orders:${request.params.id}`
    const cached = await redis.get(key)
    if (cached !== null) return JSON.parse(cached)

    const { rows } = await pool.query(RECENT_ORDERS, [request.params.id])
    await redis.set(key, JSON.stringify(rows), { expiration: { type: 'EX', value: PAGE_TTL_SECONDS } })
    return rows
  })

  app.post<{ Params: { id: string }; Body: { totalCents: number } }>('/users/:id/orders', async (request, reply) => {
    const { rows } = await pool.query('INSERT INTO orders (user_id, total_cents) VALUES ($1, $2) RETURNING id', [
      request.params.id,
      request.body.totalCents,
    ])
    await redis.del(`orders:${request.params.id}`)
    return reply.code(201).send(rows[0])
  })

  app.addHook('onClose', async () => {
    await pool.end()
    await redis.close()
  })
  return app
}
