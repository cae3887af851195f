import type { Redis } from 'ioredis'
import { BARRED_SECONDS, keyOf, TTL_SECONDS, type Copies } from './copies.js'

const BARRED = 'null'

export function openTextCopies(redis: Redis): Copies {
  return {
    get: async (id) => {
      const text = await redis.get(keyOf(id))
      return text === null || text === BARRED ? undefined : JSON.parse(text)
    },
    add: async (id, document) => void (await redis.set(keyOf(id), JSON.stringify(document), 'EX', TTL_SECONDS, 'NX')),
    overwrite: async (id, document) => void (await redis.set(keyOf(id), JSON.stringify(document))),
    remove: async (id) => void (await redis.del(keyOf(id))),
    bar: async (id) => void (await redis.set(keyOf(id), BARRED, 'EX', BARRED_SECONDS)),
  }
}
