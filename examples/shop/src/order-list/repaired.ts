import { asc, desc, eq } from 'drizzle-orm'
import type { Feature } from '../app.js'
import { orderItems, orders } from '../schema.js'
import type { OrderListRoute } from './route.js'

/** One statement for all of it: drizzle joins what a relation asks for. */
export const orderList: Feature = (app, { db }) => {
  app.get<OrderListRoute>('/users/:id/orders', async ({ params, query }) => {
    const list = await db.query.orders.findMany({
      columns: { id: true, totalCents: true },
      where: eq(orders.userId, Number(params.id)),
      orderBy: desc(orders.createdAt),
      limit: Number(query.first ?? 20),
      with: {
        items: { columns: { quantity: true }, orderBy: asc(orderItems.id), with: { product: { columns: { name: true } } } },
      },
    })
    return list.map(({ id, totalCents, items }) => ({
      id,
      totalCents,
      items: items.map(({ quantity, product }) => ({ quantity, product: product?.name })),
    }))
  })
}
