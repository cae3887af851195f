import { and, asc, eq, type SQL } from 'drizzle-orm'
import type { NodePgDatabase } from 'drizzle-orm/node-postgres'
import { clients, entries } from './schema.js'
import type { Stores } from './stores.js'

/** How many reports a client has. */
export const REPORTS = 80

export interface ReportRequest {
  readonly client: number
  readonly report: number
  /** The first day, and the first one after the last: `2025-01-01`, `2026-01-01`. */
  readonly from: string
  readonly to: string
}

export interface Entry {
  readonly id: number
  readonly bookedAt: Date
  readonly amountCents: number
}

/** The pool, or one connection of it: a transaction. */
export type Reader = Pick<NodePgDatabase, 'select'>

/** Gives the entries of a report in the order in which they were booked, so that no more than a part of them is in memory. */
export type ReadEntries = (db: Reader, request: ReportRequest) => AsyncIterable<readonly Entry[]>

/** Makes one file. */
export type BuildReport = (stores: Stores, request: ReportRequest) => Promise<void>

export async function readClientName(db: Reader, client: number): Promise<string> {
  const [found] = await db.select({ name: clients.name }).from(clients).where(eq(clients.id, client))
  if (found === undefined) throw new Error(`There is no client ${client}.`)
  return found.name
}

export function selectEntries(db: Reader, { client, report }: ReportRequest, period: SQL | undefined): Promise<Entry[]> {
  return db
    .select({ id: entries.id, bookedAt: entries.bookedAt, amountCents: entries.amountCents })
    .from(entries)
    .where(and(eq(entries.clientId, client), eq(entries.report, report), period))
    .orderBy(asc(entries.bookedAt), asc(entries.id))
    .then((rows) => rows)
}
