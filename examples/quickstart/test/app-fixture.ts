import { test as base } from 'hotbed/vitest'
import { createApp } from '../src/app.js'

/** `test` with the application, connected to the stores of this test file. */
export const test = base.extend('app', { scope: 'file' }, async ({ suite }, { onCleanup }) => {
  const app = await createApp({ databaseUrl: suite.postgres.url, redisUrl: suite.redis.url })
  onCleanup(() => app.close())
  return app
})
