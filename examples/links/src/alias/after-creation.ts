import type { Feature } from '../app.js'
import { insertLink } from '../links.js'
import { serveCreation, serveRedirects } from '../routes.js'
import { absenceOf, findOrRememberAbsence } from './remember-absence.js'

/**
 * Who takes an alias makes everybody forget that it led nowhere. It is not enough: who has looked before, and is slow, remembers it afterwards. A
 * Bloom filter needs no such memory: see `existence/repaired.ts`.
 */
export const shortener: Feature = (app, stores) => {
  serveCreation(app, async (link) => {
    const isCreated = await insertLink(stores.db, link)
    if (isCreated) await stores.redis.del(absenceOf(link.code))
    return isCreated
  })
  serveRedirects(app, (code) => findOrRememberAbsence(stores, code))
}
