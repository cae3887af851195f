import type { AfterOrderStep } from './order.js'

/** Stands for the mail provider, which refuses an address that it does not know. */
export const sendMail: AfterOrderStep = async (database, { order, customer }) => {
  if (customer === 'nobody') throw new Error('550 no such mailbox: nobody@example.org')
  await database.query('INSERT INTO mails (order_id, address) VALUES ($1, $2) ON CONFLICT DO NOTHING', [order, `${customer}@example.org`])
}
