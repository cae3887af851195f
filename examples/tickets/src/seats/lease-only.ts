import { insertBooking, isFree, markBooked, type BookSeat } from './book-seat.js'
import { withSeatLock } from './seat-lock.js'

/**
 * Broken: a lock of redlock, used as its README has it. It keeps two requests apart for as long as its lease runs. A holder that is paused for
 * longer (a garbage collection, a suspended virtual machine, a write that is stuck in the network) writes all the same: `signal.aborted` was
 * false when it looked, and the lock's release fails only after the write.
 */
export const leaseOnly: BookSeat = ({ pool, redis }, request) =>
  withSeatLock(redis, request, async (signal) => {
    if (!(await isFree(pool, request))) return false
    if (signal.aborted) throw new Error('the lock was lost')
    await markBooked(pool, request)
    await insertBooking(pool, request)
    return true
  })
