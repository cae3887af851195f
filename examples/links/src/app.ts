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
export async function createApp(feature: Feature, options: AppOptions): Promise<FastifyInstance> {
  const { close, ...stores } = openStores(options)
  const app = Fastify()
  app.addHook('onClose', close)
  await feature(app, stores)
  return app
}

/** For scheduled jobs, too, which are no part of an instance. */
export function openStores({ databaseUrl, redisUrl }: AppOptions): Stores & { readonly close: () => Promise<void> } {
  const db: Database = new Kysely({ dialect: new PostgresDialect({ pool: new pg.Pool({ connectionString: databaseUrl, max: 10 }) }) })
  const redis = new Redis(redisUrl)
  const close = async (): Promise<void> => {
    await redis.quit()
    await db.destroy()
  }
  return { db, redis, close }
}
