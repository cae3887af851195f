import Fastify, { type FastifyInstance } from 'fastify'
import { Redis } from 'ioredis'
import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import type { Schema } from './schema.js'

export interface AppOptions {
  readonly databaseUrl: string
  readonly redisUrl: string
}

export type Database = Kysely<Schema>

export interface Stores {
  readonly db: Database
  readonly redis: Redis
}

/** One situation of the shortener: its routes, over the stores. */
export type Feature = (app: FastifyInstance, stores: Stores) => Promise<void> | void

/** One instance of the shortener. */
export async function createApp(feature: Feature, { databaseUrl, redisUrl }: AppOptions): Promise<FastifyInstance> {
  const db: Database = new Kysely({ dialect: new PostgresDialect({ pool: new pg.Pool({ connectionString: databaseUrl, max: 10 }) }) })
  const redis = new Redis(redisUrl)
  const app = Fastify()
  app.addHook('onClose', async () => {
    await redis.quit()
    await db.destroy()
  })
  await feature(app, { db, redis })
  return app
}
