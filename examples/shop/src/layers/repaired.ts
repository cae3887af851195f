import { LRUCache } from 'lru-cache'
import type { Feature } from '../app.js'
import { guardedCacheAside, invalidate } from '../cache/guarded-fill.js'
import { servePriceChanges } from '../price-change/route.js'
import { writePrice } from '../price-change/write-price.js'
import { loadProductDetails, type ProductDetails } from '../product-details.js'
import { serveProducts } from '../product-page/route.js'

/** What an instance serves from its memory is at most so old, also when a message got lost. */
export const MEMORY_TTL_SECONDS = 30
export const INVALIDATIONS = 'invalidations'

/**
 * A layer in the process before Redis. Changes are told to all instances; an entry's own expiry bounds what a lost message does. The LRU's
 * `fetch` lets readers of one key wait for one load.
 */
export const layers: Feature = async (app, { db, redis }) => {
  const memory = new LRUCache<string, ProductDetails>({
    max: 1_000,
    ttl: MEMORY_TTL_SECONDS * 1000,
    fetchMethod: (key) => guardedCacheAside(redis, key, () => loadProductDetails(db, Number(key.split(':')[1]))),
    // Without it, `delete` makes everybody who waits for a load of the key fail with "deleted". With it they get their answer, which is not kept.
    ignoreFetchAbort: true,
  })
  const subscriber = await redis.duplicate().connect()
  await subscriber.subscribe(INVALIDATIONS, (key) => void memory.delete(key))
  // A connection that was lost may have missed messages.
  subscriber.on('ready', () => memory.clear())
  app.addHook('onClose', () => subscriber.close())

  serveProducts(app, (id) => memory.fetch(`product:${id}`))
  servePriceChanges(app, async (id, priceCents) => {
    const key = `product:${id}`
    await db.transaction((tx) => writePrice(tx, id, priceCents))
    await invalidate(redis, key)
    memory.delete(key)
    await redis.publish(INVALIDATIONS, key)
  })
}
