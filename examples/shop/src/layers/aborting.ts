import { LRUCache } from 'lru-cache'
import type { Feature } from '../app.js'
import { loadProductDetails, type ProductDetails } from '../product-details.js'
import { serveProducts } from '../product-page/route.js'

/** lru-cache as its documentation begins: `fetchMethod`, and `delete` when something changes. */
export const layers: Feature = (app, { db }) => {
  const memory = new LRUCache<string, ProductDetails>({
    max: 1_000,
    ttl: 30_000,
    fetchMethod: (key) => loadProductDetails(db, Number(key.split(':')[1])),
  })
  serveProducts(app, (id) => memory.fetch(`product:${id}`))
  app.post<{ Params: { readonly id: string } }>('/products/:id/changed', async ({ params }) => ({
    deleted: memory.delete(`product:${params.id}`),
  }))
}
