import type { Redis } from 'ioredis'
import type pg from 'pg'

export interface Stores {
  readonly pool: pg.Pool
  readonly redis: Redis
}

export interface OrderRequest {
  readonly customer: number
  readonly product: string
}

export interface PlacedOrder {
  /** Numbers have no gaps, as invoices are asked to have. */
  readonly number: number
  /** A customer's first order comes with a gift. */
  readonly isFirst: boolean
}

export type PlaceOrder = (stores: Stores, order: OrderRequest) => Promise<PlacedOrder>

export const HAS_ORDERED = 'SELECT count(*) > 0 AS known FROM orders WHERE customer = $1'
