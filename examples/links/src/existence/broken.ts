import type { Feature } from '../app.js'
import { findCachedLink } from '../cached-link.js'
import { insertLink } from '../links.js'
import { serveCreation, serveRedirects } from '../routes.js'
import { findAccount, serveAvailability } from './accounts.js'

/** What is not there is never in the cache: who guesses codes or addresses asks the database each time. */
export const shortener: Feature = (app, stores) => {
  serveCreation(app, (link) => insertLink(stores.db, link))
  serveRedirects(app, (code) => findCachedLink(stores, code))
  serveAvailability(app, (email) => findAccount(stores.db, email))
}
