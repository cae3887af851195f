import type { AfterOrderStep } from './order.js'

/** Broken: each delivery of the job writes an invoice. */
export const writeInvoice: AfterOrderStep = async (database, { order }) => {
  await database.query('INSERT INTO invoices (order_id) VALUES ($1)', [order])
}
