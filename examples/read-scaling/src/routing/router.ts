import type pg from 'pg'
import type { Servers } from '../servers.js'

/** Which server answers what a customer reads. */
export interface Router {
  /** A write of this customer has been committed. */
  readonly wrote: (customer: number) => Promise<void>
  readonly readerFor: (customer: number) => Promise<pg.Pool>
}

export type CreateRouter = (servers: Servers) => Router
