import type { Feature } from '../app.js'
import { cacheAside } from '../cache/cache-aside.js'
import { loadProductDetails } from '../product-details.js'
import { serveProducts } from './route.js'

/** Cache-aside with expiries that are spread. */
export const productPage: Feature = (app, { db, redis }) => {
  serveProducts(app, (id) => cacheAside(redis, `product:${id}`, () => loadProductDetails(db, id)))
}
