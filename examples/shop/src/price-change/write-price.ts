import { eq } from 'drizzle-orm'
import type { Database } from '../app.js'
import { priceChanges, products } from '../schema.js'

/** The new price, and that it was changed. */
export async function writePrice(tx: Pick<Database, 'update' | 'insert'>, id: number, priceCents: number): Promise<void> {
  await tx.update(products).set({ priceCents }).where(eq(products.id, id))
  await tx.insert(priceChanges).values({ productId: id, priceCents })
}
