import Fastify, { type FastifyInstance } from 'fastify'
import { Redis } from 'ioredis'
import pg from 'pg'
import type { Copies } from './copy/copies.js'
import { openCopies } from './copy/open-copies.js'

export interface AppOptions {
  readonly databaseUrl: string
  readonly redisUrl: string
}

export interface Stores {
  readonly db: pg.Pool
  readonly copies: Copies
}

/** One situation of the library: its routes, over the stores. */
export type Feature = (app: FastifyInstance, stores: Stores) => Promise<void> | void

/** One instance of the library. */
export async function createApp(feature: Feature, { databaseUrl, redisUrl }: AppOptions): Promise<FastifyInstance> {
  const db = new pg.Pool({ connectionString: databaseUrl, max: 10 })
  const redis = new Redis(redisUrl)
  const app = Fastify()
  app.addHook('onClose', async () => {
    await redis.quit()
    await db.end()
  })
  await feature(app, { db, copies: await openCopies(redis) })
  return app
}
