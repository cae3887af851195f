import { randomUUID } from 'node:crypto'
import type { Redis } from '../app.js'
import { ABSENT_TTL, decode, encode, ttlOf } from './cache-aside.js'

/** Longer than any reader takes from its look into the cache to its fill. */
const GENERATION_TTL = 600

/** Fills only when nobody has invalidated the key since the generation was read. */
const FILL = `
  if (redis.call('GET', KEYS[2]) or '') ~= ARGV[1] then return 0 end
  redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
  return 1`

const generationOf = (key: string): string => `generation:${key}`

/** `cacheAside` that does not write back what was invalidated meanwhile: it reads the key's generation before it loads. */
export async function guardedCacheAside<Value>(
  redis: Redis,
  key: string,
  load: () => Promise<Value | undefined>,
): Promise<Value | undefined> {
  const [cached = null, generation = null] = await redis.mGet([key, generationOf(key)])
  if (cached !== null) return decode<Value>(cached)
  const value = await load()
  const ttl = value === undefined ? ABSENT_TTL : ttlOf(key)
  await redis.eval(FILL, { keys: [key, generationOf(key)], arguments: [generation ?? '', encode(value), String(ttl)] })
  return value
}

/** For after the COMMIT. A generation is never used twice, so that none comes back when it has expired. */
export async function invalidate(redis: Redis, key: string): Promise<void> {
  await redis.multi().set(generationOf(key), randomUUID(), { EX: GENERATION_TTL }).del(key).exec()
}
