import type { Feature } from '../app.js'
import { findLink, insertLink } from '../links.js'
import { serveCreation, serveRedirects } from '../routes.js'

const TTL_SECONDS = 3600

/** Keeps each link for an hour, also one that has ten minutes to live. */
export const shortener: Feature = (app, { db, redis }) => {
  serveCreation(app, (link) => insertLink(db, link))
  serveRedirects(app, async (code) => {
    const cached = await redis.get(`link:${code}`)
    if (cached !== null) return { url: cached }
    const link = await findLink(db, code)
    if (link !== undefined) await redis.set(`link:${code}`, link.url, 'EX', TTL_SECONDS)
    return link
  })
}
