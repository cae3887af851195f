import bloomFilters from 'bloom-filters'
import type { Feature } from '../app.js'
import { findCachedLink } from '../cached-link.js'
import { insertLink } from '../links.js'
import { serveCreation, serveRedirects } from '../routes.js'
import { findAccount, serveAvailability } from './accounts.js'
import { ERROR_RATE } from './shared-filter.js'

/** A Bloom filter in each process, filled when it starts. Of what another process creates it says "definitely not". */
export const shortener: Feature = async (app, stores) => {
  const links = await stores.db.selectFrom('links').select('code').execute()
  const accounts = await stores.db.selectFrom('accounts').select('email').execute()
  const codes = bloomFilters.BloomFilter.from(
    links.map(({ code }) => code),
    ERROR_RATE,
  )
  const emails = bloomFilters.BloomFilter.from(
    accounts.map(({ email }) => email),
    ERROR_RATE,
  )
  serveCreation(app, (link) => {
    codes.add(link.code)
    return insertLink(stores.db, link)
  })
  serveRedirects(app, async (code) => (codes.has(code) ? findCachedLink(stores, code) : undefined))
  serveAvailability(app, async (email) => emails.has(email) && (await findAccount(stores.db, email)))
}
