// For the test files of every way: connects the clients that the tests use, and notes how long it took until there was something to connect to.
import { appendFileSync } from 'node:fs'
import { Redis } from 'ioredis'
import pg from 'pg'

export async function connect(stores, openStores) {
  const start = performance.now()
  const { databaseUrl, redisUrl, close } = await openStores()
  appendFileSync(process.env.BENCH_SETUPS, `${performance.now() - start}\n`)
  stores.pg = new pg.Pool({ connectionString: databaseUrl, max: 5 })
  stores.pg.on('error', () => {})
  stores.redis = new Redis(redisUrl)
  return async () => {
    await stores.pg.end()
    stores.redis.disconnect()
    await close?.()
  }
}
