import type { Feature } from '../app.js'
import { findOrRememberAbsence } from './remember-absence.js'
import { insertLink } from '../links.js'
import { serveCreation, serveRedirects } from '../routes.js'

/** Remembers that a code leads nowhere, and does not forget it when somebody takes it as an alias. */
export const shortener: Feature = (app, stores) => {
  serveCreation(app, (link) => insertLink(stores.db, link))
  serveRedirects(app, (code) => findOrRememberAbsence(stores, code))
}
