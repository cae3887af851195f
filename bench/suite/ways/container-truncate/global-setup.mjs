import { startPostgresContainer, startRedisContainer } from '../../containers.mjs'
import { createDatabase, databaseUrl, migrateAndSeed } from '../../schema.mjs'

/** A database for each worker, so that files run beside each other. */
export async function setup() {
  const [postgres, redis] = await Promise.all([startPostgresContainer(), startRedisContainer()])
  for (let worker = 1; worker <= Number(process.env.BENCH_WORKERS); worker += 1) {
    await createDatabase(postgres.url, `shop_${worker}`)
    await migrateAndSeed(databaseUrl(postgres.url, `shop_${worker}`))
  }
  process.env.BENCH_STORES = JSON.stringify({ postgres: postgres.url, redis: redis.url })
  return () => Promise.all([postgres.stop(), redis.stop()])
}
