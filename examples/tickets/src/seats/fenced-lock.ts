import { inTransaction } from '../stores.js'
import { insertBooking, isFree, type BookSeat } from './book-seat.js'
import { withSeatLock } from './seat-lock.js'

/**
 * Repaired: every holder of the lock draws a token that is greater than all before it, and the store refuses a token that is older than one it
 * has seen. (Where all that is written is one row, the atomic update does without any lock.)
 */
export const fencedLock: BookSeat = ({ pool, redis }, request) =>
  withSeatLock(redis, request, async () => {
    const token = await redis.incr(`fence:seat:${request.event}:${request.seat}`)
    if (!(await isFree(pool, request))) return false
    return inTransaction(pool, async (client) => {
      const { rowCount } = await client.query(
        'UPDATE seats SET booked_by = $3, fence = $4 WHERE event_id = $1 AND number = $2 AND fence < $4',
        [request.event, request.seat, request.customer, token],
      )
      if (rowCount === 0) return false
      await insertBooking(client, request)
      return true
    })
  })
