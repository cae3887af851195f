import { RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible'
import type { Feature } from '../app.js'
import { serveQuotes } from './route.js'

/** Counts and decides in one step, in a script. */
export const rateLimit: Feature = (app, { redis }) => {
  const limiter = new RateLimiterRedis({ storeClient: redis, keyPrefix: 'quotes', points: 10, duration: 60 })
  serveQuotes(app, async (customer) => {
    try {
      await limiter.consume(customer)
      return undefined
    } catch (refused) {
      if (refused instanceof RateLimiterRes) return Math.ceil(refused.msBeforeNext / 1000)
      throw refused
    }
  })
}
