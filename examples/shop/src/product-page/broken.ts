import type { Feature } from '../app.js'
import { loadProductDetails, type ProductDetails } from '../product-details.js'
import { serveProducts } from './route.js'

/** Cache-aside that forgets two things: an expiry, and products that do not exist. */
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
