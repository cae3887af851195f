import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres'
import Fastify, { type FastifyInstance } from 'fastify'
import pg from 'pg'
import { createClient } from 'redis'
import * as schema from './schema.js'

export interface AppOptions {
  readonly databaseUrl: string
  readonly redisUrl: string
}

export type Database = NodePgDatabase<typeof schema>
export type Redis = Awaited<ReturnType<typeof connectRedis>>

export interface Stores {
  readonly db: Database
  readonly redis: Redis
}

/** One situation of the shop: its routes, over the stores. */
export type Feature = (app: FastifyInstance, stores: Stores) => Promise<void> | void

/** One instance of the shop. */
export async function createApp(feature: Feature, { databaseUrl, redisUrl }: AppOptions): Promise<FastifyInstance> {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 10 })
  const redis = await connectRedis(redisUrl)
  const app = Fastify()
  app.addHook('onClose', async () => {
    await redis.close()
    await pool.end()
  })
  await feature(app, { db: drizzle(pool, { schema }), redis })
  return app
}

async function connectRedis(url: string) {
  const redis = createClient({ url })
  await redis.connect()
  return redis
}
