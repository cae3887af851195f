import { LRUCache } from 'lru-cache'
import type { Feature } from '../app.js'
import { guardedCacheAside, invalidate } from '../cache/guarded-fill.js'
import { servePriceChanges } from '../price-change/route.js'
import { writePrice } from '../price-change/write-price.js'
import { loadProductDetails, type ProductDetails } from '../product-details.js'
import { serveProducts } from '../product-page/route.js'

/** A layer in the process before Redis. A change empties it in the instance that makes it; the other instances go on serving what they have. */
export const layers: Feature = (app, { db, redis }) => {
  const memory = new LRUCache<string, ProductDetails>({ max: 1_000 })
  serveProducts(app, async (id) => {
    const key = `product:${id}`
    const kept = memory.get(key)
    if (kept !== undefined) return kept
    const product = await guardedCacheAside(redis, key, () => loadProductDetails(db, id))
    if (product !== undefined) memory.set(key, product)
    return product
  })
  servePriceChanges(app, async (id, priceCents) => {
    const key = `product:${id}`
    await db.transaction((tx) => writePrice(tx, id, priceCents))
    await invalidate(redis, key)
    memory.delete(key)
  })
}
