import { inTransaction, writeOrder, type PlaceOrder } from './order.js'
import { sendMail } from './send-mail.js'
import { writeInvoice } from './write-invoice.js'

/** Broken: order, inventory, mail and invoice one after the other, in one transaction. The customer waits for all, and a refused mail loses the order. */
export const synchronousChain: PlaceOrder = async ({ pool }, request) => {
  const order = await inTransaction(pool, async (client) => {
    const id = await writeOrder(client, request)
    await sendMail(client, { order: id, customer: request.customer })
    await writeInvoice(client, { order: id, customer: request.customer })
    return id
  })
  return { status: 201, order }
}
