import compress from '@fastify/compress'
import { and, eq, gt } from 'drizzle-orm'
import type { Feature } from '../app.js'
import { products } from '../schema.js'

const PAGE = 50

interface CatalogueRoute {
  readonly Params: { readonly category: string }
  readonly Querystring: { readonly after?: string }
}

/** Pages from the last product seen, with what a list shows, compressed. */
export const catalogue: Feature = async (app, { db }) => {
  await app.register(compress, { encodings: ['br', 'gzip'] })
  app.get<CatalogueRoute>('/catalogue/:category', async ({ params, query }) => {
    const items = await db
      .select({ id: products.id, name: products.name, priceCents: products.priceCents })
      .from(products)
      .where(and(eq(products.category, params.category), gt(products.id, Number(query.after ?? 0))))
      .orderBy(products.id)
      .limit(PAGE)
    return { items, next: items.at(-1)?.id }
  })
}
