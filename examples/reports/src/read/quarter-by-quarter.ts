import { and, gte, lt } from 'drizzle-orm'
import { selectEntries, type ReadEntries } from '../report.js'
import { entries } from '../schema.js'

/** Repaired: half-open chunks, each beginning where the one before has ended. The last one ends with the range. */
export const quarterByQuarter: ReadEntries = async function* (db, request) {
  const end = new Date(request.to)
  for (let first = new Date(request.from); first < end;) {
    const next = new Date(Date.UTC(first.getUTCFullYear(), 3 * Math.floor(first.getUTCMonth() / 3) + 3))
    yield await selectEntries(db, request, and(gte(entries.bookedAt, first), lt(entries.bookedAt, next < end ? next : end)))
    first = next
  }
}
