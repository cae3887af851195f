import { eq } from 'drizzle-orm'
import type { Feature } from '../app.js'
import { products } from '../schema.js'

const PAGE = 50

interface CatalogueRoute {
  readonly Params: { readonly category: string }
  readonly Querystring: { readonly page?: string }
}

/** Pages by OFFSET, with all that is known of each product. */
export const catalogue: Feature = (app, { db }) => {
  app.get<CatalogueRoute>('/catalogue/:category', async ({ params, query }) => {
    const items = await db
      .select()
      .from(products)
      .where(eq(products.category, params.category))
      .orderBy(products.id)
      .limit(PAGE)
      .offset((Number(query.page ?? 1) - 1) * PAGE)
    return { items }
  })
}
