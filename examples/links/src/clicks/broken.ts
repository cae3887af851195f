import { sql } from 'kysely'
import type { Feature } from '../app.js'
import { findCachedLink } from '../cached-link.js'
import { serveRedirects } from '../routes.js'

/** The link comes from the cache, and its click goes to the database all the same: one row that everybody updates. */
export const shortener: Feature = (app, stores) => {
  serveRedirects(app, async (code) => {
    const link = await findCachedLink(stores, code)
    if (link !== undefined) {
      await stores.db
        .updateTable('links')
        .set({ clicks: sql`clicks + 1` })
        .where('code', '=', code)
        .execute()
    }
    return link
  })
}
