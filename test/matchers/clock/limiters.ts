import type { createClient } from 'redis'
import fastify, { type FastifyInstance } from 'fastify'

type Redis = ReturnType<typeof createClient>

/** How long to wait, in milliseconds; 0 when the attempt is accepted. */
export type Limiter = (client: string) => Promise<number>

export const LIMIT = 10
export const WINDOW_MS = 60_000

/** Two commands: whoever is cut off between them leaves a counter without an end. */
export const incrThenExpire =
  (redis: Redis): Limiter =>
  async (client) => {
    const key = `rate:${client}`
    const count = await redis.incr(key)
    if (count === 1) await redis.pExpire(key, WINDOW_MS)
    return count <= LIMIT ? 0 : Math.max(1, await redis.pTTL(key))
  }

/** Reads, decides, writes: all who read before the first has written get in. */
export const readThenWrite =
  (redis: Redis): Limiter =>
  async (client) => {
    const key = `rate:${client}`
    const count = Number((await redis.get(key)) ?? 0)
    if (count >= LIMIT) return Math.max(1, await redis.pTTL(key))
    await redis.set(key, String(count + 1), count === 0 ? { PX: WINDOW_MS } : { KEEPTTL: true })
    return 0
  }

/** One script, and a window that ends for all at once: around its end twice the limit gets in. */
export const fixedWindow =
  (redis: Redis): Limiter =>
  async (client) => {
    const window = Math.floor(Date.now() / WINDOW_MS)
    const count = await redis.eval(
      "local n = redis.call('INCR', KEYS[1]) if n == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end return n",
      {
        keys: [`rate:${client}:${window}`],
        arguments: [String(WINDOW_MS)],
      },
    )
    return Number(count) <= LIMIT ? 0 : (window + 1) * WINDOW_MS - Date.now()
  }

/** One script over the log of those accepted. */
export const slidingLog =
  (redis: Redis): Limiter =>
  async (client) =>
    Number(
      await redis.eval(
        `local now, window, limit = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
redis.call('ZREMRANGEBYSCORE', KEYS[1], 0, now - window)
if redis.call('ZCARD', KEYS[1]) < limit then
  redis.call('ZADD', KEYS[1], now, ARGV[4])
  redis.call('PEXPIRE', KEYS[1], window)
  return 0
end
return tonumber(redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')[2]) + window - now`,
        { keys: [`rate:${client}`], arguments: [String(Date.now()), String(WINDOW_MS), String(LIMIT), `${Date.now()}:${Math.random()}`] },
      ),
    )

/** Answers 201, or 429 with a Retry-After in whole seconds. */
export function createApp(limiter: Limiter): FastifyInstance {
  const app = fastify()
  app.post('/orders', async (request, reply) => {
    const waitMs = await limiter(request.ip)
    if (waitMs > 0)
      return reply
        .code(429)
        .header('retry-after', Math.ceil(waitMs / 1000))
        .send()
    return reply.code(201).send()
  })
  return app
}
