import Fastify, { type FastifyInstance } from 'fastify'
import { Redis } from 'ioredis'
import pg from 'pg'

export interface AppOptions {
  readonly databaseUrl: string
  readonly redisUrl: string
  readonly paymentsUrl: string
  readonly logisticsUrl: string
}

/** What the parts of the application stand on. */
export interface Surroundings {
  readonly pool: pg.Pool
  readonly redis: Redis
  readonly paymentsUrl: string
  readonly logisticsUrl: string
}

/** One part of the application: its routes. Each is there broken and repaired. */
export type Feature = (app: FastifyInstance, surroundings: Surroundings) => Promise<void> | void

/** One instance of a small API that takes orders, has them paid, and tells where they are. */
export async function createApp(features: readonly Feature[], options: AppOptions): Promise<FastifyInstance> {
  const { databaseUrl, redisUrl, paymentsUrl, logisticsUrl } = options
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 10 })
  const redis = new Redis(redisUrl)
  const app = Fastify()
  app.addHook('onClose', async () => {
    await redis.quit()
    await pool.end()
  })
  for (const feature of features) await feature(app, { pool, redis, paymentsUrl, logisticsUrl })
  return app
}
