import { inTransaction, writeOrder, type PlaceOrder } from './order.js'

/** Broken: the rest is done by jobs, but each is tried once, and a request that is sent again adds them again. */
export const withoutRetries: PlaceOrder = async ({ pool, queue }, request) => {
  const order = await inTransaction(pool, (client) => writeOrder(client, request))
  const { customer } = request
  for (const step of ['mail', 'invoice']) await queue.add(step, { order, customer })
  return { status: 202, order }
}
