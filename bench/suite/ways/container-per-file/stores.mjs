import { startPostgresContainer, startRedisContainer } from '../../containers.mjs'
import { migrateAndSeed } from '../../schema.mjs'

export async function openStores() {
  const [postgres, redis] = await Promise.all([startPostgresContainer(), startRedisContainer()])
  await migrateAndSeed(postgres.url)
  return { databaseUrl: postgres.url, redisUrl: redis.url, close: () => Promise.all([postgres.stop(), redis.stop()]) }
}
