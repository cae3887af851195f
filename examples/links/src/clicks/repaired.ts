import type { Feature } from '../app.js'
import { findCachedLink } from '../cached-link.js'
import { serveRedirects } from '../routes.js'
import { COUNTING } from './store-clicks.js'

/** Clicks are counted in Redis, and stored all at once from time to time. */
export const shortener: Feature = (app, stores) => {
  serveRedirects(app, async (code) => {
    const link = await findCachedLink(stores, code)
    if (link !== undefined) await stores.redis.hincrby(COUNTING, code, 1)
    return link
  })
}
