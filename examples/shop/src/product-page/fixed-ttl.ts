import type { Feature } from '../app.js'
import { loadProductDetails, type ProductDetails } from '../product-details.js'
import { serveProducts } from './route.js'

/** Cache-aside with one TTL for all: what a campaign or a warm-up has filled together expires in the same second. */
export const productPage: Feature = (app, { db, redis }) => {
  serveProducts(app, async (id) => {
    const key = `product:${id}`
    const cached = await redis.get(key)
    if (cached !== null) return JSON.parse(cached) as ProductDetails
    const product = await loadProductDetails(db, id)
    if (product !== undefined) await redis.set(key, JSON.stringify(product), { EX: 300 })
    return product
  })
}
