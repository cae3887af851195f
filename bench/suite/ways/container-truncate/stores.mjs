import { Redis } from 'ioredis'
import { databaseUrl, truncateAndSeed } from '../../schema.mjs'

export async function openStores() {
  const { postgres, redis } = JSON.parse(process.env.BENCH_STORES)
  const worker = process.env.VITEST_POOL_ID
  const url = databaseUrl(postgres, `shop_${worker}`)
  await truncateAndSeed(url)
  const redisUrl = `${redis}/${worker}`
  const client = new Redis(redisUrl)
  await client.flushdb()
  client.disconnect()
  return { databaseUrl: url, redisUrl }
}
