import type { Redis } from 'ioredis'
import { BARRED_SECONDS, keyOf, TTL_SECONDS, type Copies } from './copies.js'

/** With RedisJSON: others can then read, search and change a part of a document. */
export function openJsonCopies(redis: Redis): Copies {
  const put = (id: string, value: unknown, seconds: number): Promise<unknown> =>
    redis.multi().call('JSON.SET', keyOf(id), '$', JSON.stringify(value)).expire(keyOf(id), seconds).exec()
  return {
    get: async (id) => {
      const text = await redis.call('JSON.GET', keyOf(id))
      return typeof text === 'string' ? (JSON.parse(text) ?? undefined) : undefined
    },
    // A life is given to what has none: where something stands already it has one.
    add: async (id, document) =>
      void (await redis
        .multi()
        .call('JSON.SET', keyOf(id), '$', JSON.stringify(document), 'NX')
        .expire(keyOf(id), TTL_SECONDS, 'NX')
        .exec()),
    overwrite: async (id, document) => void (await redis.call('JSON.SET', keyOf(id), '$', JSON.stringify(document))),
    remove: async (id) => void (await redis.del(keyOf(id))),
    bar: async (id) => void (await put(id, null, BARRED_SECONDS)),
  }
}
