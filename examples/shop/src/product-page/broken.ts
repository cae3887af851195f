import type { Feature } from '../app.js'
import { loadProductDetails, type ProductDetails } from '../product-details.js'
import { serveProducts } from './route.js'

/** Cache-aside that forgets three things: an expiry, that all entries of one minute expire together, and products that do not exist. */
export const productPage: Feature = (app, { db, redis }) => {
  serveProducts(app, async (id) => {
    const key = `product:${id}`
    const cached = await redis.get(key)
    if (cached !== null) return JSON.parse(cached) as ProductDetails
    const product = await loadProductDetails(db, id)
    if (product !== undefined) await redis.set(key, JSON.stringify(product))
    return product
  })
}
