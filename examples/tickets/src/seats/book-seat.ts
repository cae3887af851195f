import type pg from 'pg'
import type { Stores } from '../stores.js'

export interface SeatRequest {
  readonly event: number
  readonly seat: string
  readonly customer: string
}

/** Books a seat for a customer. False: somebody else has it. */
export type BookSeat = (stores: Stores, request: SeatRequest) => Promise<boolean>

type Queryable = Pick<pg.PoolClient, 'query'>

export async function isFree(client: Queryable, { event, seat }: SeatRequest, lock = ''): Promise<boolean> {
  const { rows } = await client.query<{ booked_by: string | null }>(
    `SELECT booked_by FROM seats WHERE event_id = $1 AND number = $2 ${lock}`,
    [event, seat],
  )
  return rows[0]?.booked_by === null
}

export async function markBooked(client: Queryable, { event, seat, customer }: SeatRequest): Promise<void> {
  await client.query('UPDATE seats SET booked_by = $3 WHERE event_id = $1 AND number = $2', [event, seat, customer])
}

export async function insertBooking(client: Queryable, { event, seat, customer }: SeatRequest): Promise<void> {
  await client.query('INSERT INTO bookings (event_id, seat, customer) VALUES ($1, $2, $3)', [event, seat, customer])
}
