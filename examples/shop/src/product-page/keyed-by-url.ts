import type { Feature } from '../app.js'
import { cacheAside } from '../cache/cache-aside.js'
import { loadProductDetails } from '../product-details.js'
import type { ProductRoute } from './route.js'

/** Cached by the whole URL: each campaign, each visitor with `?utm_source=…&visitor=…` has a copy of the page, and none is asked for twice. */
export const productPage: Feature = (app, { db, redis }) => {
  app.get<ProductRoute>('/products/:id', async ({ params, url }) =>
    cacheAside(redis, `product:${url}`, () => loadProductDetails(db, Number(params.id))),
  )
}
