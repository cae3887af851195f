import { sql } from 'drizzle-orm'
import type { Database } from './app.js'

export interface ProductDetails {
  readonly id: number
  readonly name: string
  readonly priceCents: number
  readonly sold: number
  readonly boughtTogether: readonly number[]
}

/** The slow query behind the product page. It grows with every order. */
export async function loadProductDetails(db: Database, id: number): Promise<ProductDetails | undefined> {
  const { rows } = await db.execute<{ readonly id: string; name: string; price: number; sold: number; together: readonly string[] }>(sql`
    SELECT id, name, price_cents AS price,
      (SELECT coalesce(sum(quantity), 0)::int FROM order_items WHERE product_id = products.id) AS sold,
      ARRAY(
        SELECT other.product_id
        FROM order_items AS mine JOIN order_items AS other USING (order_id)
        WHERE mine.product_id = products.id AND other.product_id <> products.id
        GROUP BY other.product_id ORDER BY count(*) DESC, other.product_id LIMIT 3
      ) AS together
    FROM products WHERE id = ${id}`)
  const [row] = rows
  if (row === undefined) return undefined
  return { id: Number(row.id), name: row.name, priceCents: row.price, sold: row.sold, boughtTogether: row.together.map(Number) }
}
