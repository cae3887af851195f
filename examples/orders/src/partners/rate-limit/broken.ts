import type { Feature } from '../app.js'
import { serveQuotes } from './route.js'

const LIMIT = 10
const WINDOW_SECONDS = 60

/** Reads the counter, decides, and writes it: all who read at the same time get in. */
export const rateLimit: Feature = (app, { redis }) => {
  serveQuotes(app, async (customer) => {
    const key = `quotes:${customer}`
    const count = Number(await redis.get(key))
    if (count >= LIMIT) return WINDOW_SECONDS
    if (count === 0) await redis.set(key, 1, 'EX', WINDOW_SECONDS)
    else await redis.incr(key)
    return undefined
  })
}
