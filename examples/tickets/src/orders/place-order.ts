import type { Stores } from '../stores.js'

export interface OrderLine {
  readonly product: number
  readonly quantity: number
}

export interface OrderRequest {
  readonly customer: string
  readonly lines: readonly OrderLine[]
  /** Of the client: a request that is sent again has the same. */
  readonly requestKey: string
}

/** Gives the order's id; undefined: something is sold out. */
export type PlaceOrder = (stores: Stores, request: OrderRequest) => Promise<string | undefined>

export class SoldOut extends Error {
  override name = 'SoldOut'
}
