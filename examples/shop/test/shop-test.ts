import { drizzle } from 'drizzle-orm/node-postgres'
import type { FastifyInstance } from 'fastify'
import { test as base } from 'hotbed/vitest'
import pg from 'pg'
import { createApp, type Feature } from '../src/app.js'
import { loadProductDetails, type ProductDetails } from '../src/product-details.js'
import * as schema from '../src/schema.js'

/** `test` with the shop on the stores of this test file. */
export const test = base
  /** Starts an instance, which lives until the test ends. */
  .extend('start', async ({ suite }, { onCleanup }) => {
    const started: FastifyInstance[] = []
    onCleanup(async () => void (await Promise.all(started.map((app) => app.close()))))
    return async (feature: Feature): Promise<FastifyInstance> => {
      const app = await createApp(feature, { databaseUrl: suite.postgres.url, redisUrl: suite.redis.url })
      started.push(app)
      return app
    }
  })
  /** What the database says of the product of a key, beside the application. */
  .extend('loadProduct', async ({ suite }, { onCleanup }) => {
    const pool = new pg.Pool({ connectionString: suite.postgres.directUrl })
    onCleanup(() => pool.end())
    const db = drizzle(pool, { schema })
    return (key: string): Promise<ProductDetails | undefined> => loadProductDetails(db, Number(key.split(':')[1]))
  })

/** What the page shows. */
export async function priceOf(app: FastifyInstance, id: number): Promise<number> {
  const page = await app.inject(`/products/${id}`)
  return page.json<ProductDetails>().priceCents
}

export async function changePrice(app: FastifyInstance, id: number, priceCents: number): Promise<void> {
  await app.inject({ method: 'PUT', url: `/products/${id}/price`, payload: { priceCents } })
}
