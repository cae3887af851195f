import { startPostgresContainer, startRedisContainer } from '../../containers.mjs'
import { makeTemplate } from '../../schema.mjs'

export async function setup() {
  const [postgres, redis] = await Promise.all([startPostgresContainer(), startRedisContainer()])
  await makeTemplate(postgres.url)
  process.env.BENCH_STORES = JSON.stringify([{ postgres: postgres.url, redis: redis.url }])
  return () => Promise.all([postgres.stop(), redis.stop()])
}
