import type { Feature } from '../app.js'
import { findCachedLink } from '../cached-link.js'
import { findLink, insertLink } from '../links.js'
import { serveCreation, serveRedirects } from '../routes.js'
import { findAccount, serveAvailability } from './accounts.js'
import { createSharedFilter } from './shared-filter.js'

/** Room for so many, until the filter says "perhaps" more often than it should. */
const CAPACITY = 10_000

/** One Bloom filter for all instances: a code is in it before it is in the table. */
export const shortener: Feature = async (app, stores) => {
  const { db, redis } = stores
  const codes = createSharedFilter(redis, 'filter:codes', CAPACITY)
  const emails = createSharedFilter(redis, 'filter:emails', CAPACITY)
  await codes.fill(async () => (await db.selectFrom('links').select('code').execute()).map(({ code }) => code))
  await emails.fill(async () => (await db.selectFrom('accounts').select('email').execute()).map(({ email }) => email))

  serveCreation(app, async (link) => {
    await codes.add([link.code])
    return insertLink(db, link)
  })
  serveRedirects(app, (code) => findCachedLink(stores, code, async () => ((await codes.mayHave(code)) ? findLink(db, code) : undefined)))
  serveAvailability(app, async (email) => (await emails.mayHave(email)) && (await findAccount(db, email)))
}
