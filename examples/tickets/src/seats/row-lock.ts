import { inTransaction } from '../stores.js'
import { insertBooking, isFree, markBooked, type BookSeat } from './book-seat.js'

/** Repaired: whoever reads the seat to book it makes the others wait. */
export const rowLock: BookSeat = ({ pool }, request) =>
  inTransaction(pool, async (client) => {
    if (!(await isFree(client, request, 'FOR UPDATE'))) return false
    await markBooked(client, request)
    await insertBooking(client, request)
    return true
  })
