import type { Feature } from '../app.js'
import { productPage } from '../product-page/repaired.js'
import { servePriceChanges } from './route.js'
import { writePrice } from './write-price.js'

/** Invalidates within the transaction: who misses before the COMMIT fills the cache with the old price again. */
export const prices: Feature = async (app, stores) => {
  const { db, redis } = stores
  await productPage(app, stores)
  servePriceChanges(app, (id, priceCents) =>
    db.transaction(async (tx) => {
      await writePrice(tx, id, priceCents)
      await redis.del(`product:${id}`)
    }),
  )
}
