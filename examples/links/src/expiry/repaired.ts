import type { Feature } from '../app.js'
import { findCachedLink } from '../cached-link.js'
import { insertLink } from '../links.js'
import { serveCreation, serveRedirects } from '../routes.js'

/** The cache lets go of a link when the link ends. */
export const shortener: Feature = (app, stores) => {
  serveCreation(app, (link) => insertLink(stores.db, link))
  serveRedirects(app, (code) => findCachedLink(stores, code))
}
