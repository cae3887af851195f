import type { FastifyInstance } from 'fastify'
import { test as base } from 'hotbed/vitest'
import { createApp, openStores, type Feature, type Stores } from '../src/app.js'

/** `test` with the shortener on the stores of this test file. */
export const test = base
  /** Starts an instance, which lives until the test ends. */
  .extend('start', async ({ suite }, { onCleanup }) => {
    const started: FastifyInstance[] = []
    onCleanup(async () => void (await Promise.all(started.map((app) => app.close()))))
    return async (feature: Feature): Promise<FastifyInstance> => {
      const app = await createApp(feature, { databaseUrl: suite.postgres.url, redisUrl: suite.redis.url })
      started.push(app)
      return app
    }
  })
  /** Stores as a scheduled job has them. */
  .extend('job', async ({ suite }, { onCleanup }): Promise<Stores> => {
    const { close, ...stores } = openStores({ databaseUrl: suite.postgres.url, redisUrl: suite.redis.url })
    onCleanup(close)
    return stores
  })
  /** Codes that exist, and live for ever. */
  .extend('codes', async ({ postgres }) => {
    const { rows } = await postgres.query<{ code: string }>('SELECT code FROM links WHERE expires_at IS NULL ORDER BY code LIMIT 100')
    return rows.map(({ code }) => code)
  })

/** Where the code leads; undefined: nowhere. */
export async function follow(app: FastifyInstance, code: string): Promise<string | undefined> {
  const { statusCode, headers } = await app.inject(`/${code}`)
  return statusCode === 302 ? headers.location : undefined
}

export interface LinkRequest {
  readonly url: string
  readonly alias?: string
  readonly livesSeconds?: number
}

/** The code of a new link; undefined: its alias is taken. */
export async function shorten(app: FastifyInstance, payload: LinkRequest): Promise<string | undefined> {
  const created = await app.inject({ method: 'POST', url: '/links', payload })
  return created.statusCode === 201 ? created.json<{ code: string }>().code : undefined
}
