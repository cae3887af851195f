import type { Feature } from '../app.js'
import { guardedCacheAside, invalidate } from '../cache/guarded-fill.js'
import { loadProductDetails } from '../product-details.js'
import { serveProducts } from '../product-page/route.js'
import { servePriceChanges } from './route.js'
import { writePrice } from './write-price.js'

/** Invalidates after the COMMIT, and fills only what was not invalidated since the reader looked. */
export const prices: Feature = (app, { db, redis }) => {
  serveProducts(app, (id) => guardedCacheAside(redis, `product:${id}`, () => loadProductDetails(db, id)))
  servePriceChanges(app, async (id, priceCents) => {
    await db.transaction((tx) => writePrice(tx, id, priceCents))
    await invalidate(redis, `product:${id}`)
  })
}
