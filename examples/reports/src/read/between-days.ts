import { between } from 'drizzle-orm'
import { selectEntries, type ReadEntries } from '../report.js'
import { entries } from '../schema.js'

/** Broken: BETWEEN the first day and the last ends where the last day begins, and what was booked on that day is in no chunk. */
export const betweenDays: ReadEntries = async function* (db, request) {
  const end = new Date(request.to)
  for (let first = new Date(request.from); first < end;) {
    const next = new Date(first)
    next.setUTCMonth(first.getUTCMonth() + 3)
    const last = new Date(Math.min(next.getTime(), end.getTime()))
    last.setUTCDate(last.getUTCDate() - 1)
    yield await selectEntries(db, request, between(entries.bookedAt, first, last))
    first = next
  }
}
