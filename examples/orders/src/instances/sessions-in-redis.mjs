import { randomUUID } from 'node:crypto'

const HOUR_SECONDS = 3_600

/** Repaired: a session is where every instance finds it, and has an end. */
export function sessionsInRedis(redis) {
  return {
    open: async (user) => {
      const id = randomUUID()
      await redis.set(`session:${id}`, user, 'EX', HOUR_SECONDS)
      return id
    },
    find: async (id) => (await redis.get(`session:${id}`)) ?? undefined,
  }
}
