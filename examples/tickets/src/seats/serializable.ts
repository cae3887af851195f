import pg from 'pg'
import { inTransaction } from '../stores.js'
import { insertBooking, isFree, markBooked, type BookSeat } from './book-seat.js'

const ATTEMPTS = 5
const RETRIED: ReadonlySet<string | undefined> = new Set(['40001', '40P01'])

/** Repaired: SERIALIZABLE refuses what could not have happened one after the other. It only works together with the retry. */
export const serializable: BookSeat = async ({ pool }, request) => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await inTransaction(
        pool,
        async (client) => {
          if (!(await isFree(client, request))) return false
          await markBooked(client, request)
          await insertBooking(client, request)
          return true
        },
        'BEGIN ISOLATION LEVEL SERIALIZABLE',
      )
    } catch (error) {
      if (attempt === ATTEMPTS || !(error instanceof pg.DatabaseError) || !RETRIED.has(error.code)) throw error
    }
  }
}
