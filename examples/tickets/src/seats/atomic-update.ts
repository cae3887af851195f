import { inTransaction } from '../stores.js'
import { insertBooking, type BookSeat } from './book-seat.js'

/** Repaired: the UPDATE itself asks whether the seat is free. */
export const atomicUpdate: BookSeat = ({ pool }, request) =>
  inTransaction(pool, async (client) => {
    const { rowCount } = await client.query('UPDATE seats SET booked_by = $3 WHERE event_id = $1 AND number = $2 AND booked_by IS NULL', [
      request.event,
      request.seat,
      request.customer,
    ])
    if (rowCount === 0) return false
    await insertBooking(client, request)
    return true
  })
