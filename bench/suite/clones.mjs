// For the ways that clone a template by hand.
import { Redis } from 'ioredis'
import { createDatabase, databaseUrl, dropDatabase } from './schema.mjs'

/** A clone of its own for each file, and a logical database of Redis for each worker. */
export async function openClone({ postgres, redis }) {
  const worker = process.env.VITEST_POOL_ID
  const name = `shop_${process.pid}_${Math.random().toString(36).slice(2, 10)}`
  await createDatabase(postgres, name, 'shop_template')
  const redisUrl = `${redis}/${worker}`
  const client = new Redis(redisUrl)
  await client.flushdb()
  client.disconnect()
  return { databaseUrl: databaseUrl(postgres, name), redisUrl, close: () => dropDatabase(postgres, name) }
}
