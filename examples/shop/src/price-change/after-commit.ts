import type { Feature } from '../app.js'
import { productPage } from '../product-page/repaired.js'
import { servePriceChanges } from './route.js'
import { writePrice } from './write-price.js'

/**
 * Invalidates after the COMMIT, as one should. It is not enough: a reader that has read the old price by then, and is slow, still writes it
 * into the cache afterwards.
 */
export const prices: Feature = async (app, stores) => {
  const { db, redis } = stores
  await productPage(app, stores)
  servePriceChanges(app, async (id, priceCents) => {
    await db.transaction((tx) => writePrice(tx, id, priceCents))
    await redis.del(`product:${id}`)
  })
}
