import { inTransaction, writeOrder, type PlaceOrder } from './order.js'

/** Repaired: mail and invoice are jobs of their own with ids of their own, each tried three times. */
export const withRetries: PlaceOrder = async ({ pool, queue }, request) => {
  const order = await inTransaction(pool, (client) => writeOrder(client, request))
  const { customer } = request
  await queue.addBulk(
    ['mail', 'invoice'].map((step) => ({
      name: step,
      data: { order, customer },
      opts: { jobId: `${step}-${order}`, attempts: 3, backoff: { type: 'exponential', delay: 1_000 } },
    })),
  )
  return { status: 202, order }
}
