import type { FastifyInstance } from 'fastify'
import { test as base } from 'hotbed/vitest'
import { createApp, type Feature } from '../src/app.js'

/** `test` with `start`, which starts an instance of the shortener on the stores of this test file, until the test ends. */
export const test = base.extend('start', async ({ suite }, { onCleanup }) => {
  const started: FastifyInstance[] = []
  onCleanup(async () => void (await Promise.all(started.map((app) => app.close()))))
  return async (feature: Feature): Promise<FastifyInstance> => {
    const app = await createApp(feature, { databaseUrl: suite.postgres.url, redisUrl: suite.redis.url })
    started.push(app)
    return app
  }
})
