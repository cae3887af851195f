import pg from 'pg'
import { createClient } from 'redis'
import type { Suite } from '../src/index.js'

/** Of `pg`, that swallows the error of a lost connection. */
export async function connectPostgres(suite: Suite<{ postgres: {} }>, timeoutMs = 0): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: suite.postgres.url, connectionTimeoutMillis: timeoutMs })
  client.on('error', () => {})
  await client.connect()
  return client
}

/** Of node-redis, that does not come back by itself. */
export async function connectRedis(suite: Suite<{ redis: {} }>): Promise<ReturnType<typeof createClient>> {
  const client = createClient({ url: suite.redis.url, socket: { reconnectStrategy: false } })
  client.on('error', () => {})
  await client.connect()
  return client as ReturnType<typeof createClient>
}
