import { inTransaction } from '../stores.js'
import { insertBooking, isFree, markBooked, type BookSeat } from './book-seat.js'

/** Broken: between the SELECT and the UPDATE another request can read the same free seat. The transaction does not prevent it. */
export const selectThenUpdate: BookSeat = ({ pool }, request) =>
  inTransaction(pool, async (client) => {
    if (!(await isFree(client, request))) return false
    await markBooked(client, request)
    await insertBooking(client, request)
    return true
  })
