import type { Servers } from '../servers.js'

export interface CustomerTotals {
  readonly orders: number
  readonly totalCents: number
}

/** How the view of all customers' totals is read, and refreshed. */
export interface Totals {
  readonly read: (servers: Servers, customer: number) => Promise<CustomerTotals>
  /** The job that is run every few minutes. */
  readonly refresh: (servers: Servers) => Promise<void>
}
