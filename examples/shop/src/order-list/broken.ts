import { desc, eq } from 'drizzle-orm'
import type { Feature } from '../app.js'
import { orderItems, orders, products } from '../schema.js'
import type { OrderListRoute } from './route.js'

/** One statement for the orders, one for each order's items, one for each item's product. */
export const orderList: Feature = (app, { db }) => {
  app.get<OrderListRoute>('/users/:id/orders', async ({ params, query }) => {
    const list = await db
      .select()
      .from(orders)
      .where(eq(orders.userId, Number(params.id)))
      .orderBy(desc(orders.createdAt))
      .limit(Number(query.first ?? 20))
    return Promise.all(
      list.map(async ({ id, totalCents }) => {
        const items = await db.select().from(orderItems).where(eq(orderItems.orderId, id)).orderBy(orderItems.id)
        return {
          id,
          totalCents,
          items: await Promise.all(items.map(async (item) => ({ quantity: item.quantity, product: await nameOf(item.productId) }))),
        }
      }),
    )
  })

  async function nameOf(productId: number): Promise<string | undefined> {
    const [product] = await db.select({ name: products.name }).from(products).where(eq(products.id, productId))
    return product?.name
  }
}
