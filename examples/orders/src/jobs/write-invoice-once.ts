import type { AfterOrderStep } from './order.js'

/** Repaired: an order has one invoice, by a unique index, however often the job is delivered. */
export const writeInvoiceOnce: AfterOrderStep = async (database, { order }) => {
  await database.query('INSERT INTO invoices (order_id) VALUES ($1) ON CONFLICT (order_id) DO NOTHING', [order])
}
