import pg from 'pg'
import { inTransaction } from '../stores.js'
import { insertBooking, isFree, markBooked, type BookSeat } from './book-seat.js'

/** Broken: after a serialization failure only the UPDATE is tried again, in a transaction that has failed already. */
export const serializableStatementRetry: BookSeat = ({ pool }, request) =>
  inTransaction(
    pool,
    async (client) => {
      if (!(await isFree(client, request))) return false
      await markBooked(client, request).catch((error: unknown) => {
        if (error instanceof pg.DatabaseError && error.code === '40001') return markBooked(client, request)
        throw error
      })
      await insertBooking(client, request)
      return true
    },
    'BEGIN ISOLATION LEVEL SERIALIZABLE',
  )
