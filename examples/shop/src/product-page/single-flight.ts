import type { Feature } from '../app.js'
import { cacheAside } from '../cache/cache-aside.js'
import { createSingleFlight } from '../cache/single-flight.js'
import { loadProductDetails, type ProductDetails } from '../product-details.js'
import { serveProducts } from './route.js'

/** Cache-aside in which those who miss the same key at the same time wait for one load. */
export const productPage: Feature = (app, { db, redis }) => {
  const once = createSingleFlight<ProductDetails | undefined>()
  serveProducts(app, (id) => {
    const key = `product:${id}`
    return once(key, () => cacheAside(redis, key, () => loadProductDetails(db, id)))
  })
}
