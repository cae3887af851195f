import type { PortableError } from '../../primitives/portable-error.js'
import type { Schedule } from '../schedule.js'
import type { Tallied } from '../tally.js'

/** What is asked of by HTTP, as plain data. */
export interface UrlRequest {
  readonly origin: string
  readonly path: string
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | undefined
  readonly connections: number
}

/** What the process asks of the generator's thread, whose `workerData` is a `UrlRequest`. */
export interface UrlRun {
  readonly run: Schedule
}

/** What the thread says: the warm-up is over; it has run; it could not. */
export type UrlReply = { readonly measuring: true } | { readonly tallied: Tallied } | { readonly error: PortableError }
