import pg from 'pg'
import { selectThenUpdate } from './select-then-update.js'
import type { BookSeat } from './book-seat.js'

const UNIQUE_VIOLATION = '23505'

/** Repaired by the schema: a second booking of a seat is refused, and the transaction with it. Needs the unique index of `constraints/`. */
export const uniqueConstraint: BookSeat = async (stores, request) => {
  try {
    return await selectThenUpdate(stores, request)
  } catch (error) {
    if (error instanceof pg.DatabaseError && error.code === UNIQUE_VIOLATION) return false
    throw error
  }
}
