import { and, gte, lt } from 'drizzle-orm'
import { selectEntries, type ReadEntries } from '../report.js'
import { entries } from '../schema.js'

/** Broken: a statement for each day, 365 for a year. */
export const dayByDay: ReadEntries = async function* (db, request) {
  const end = new Date(request.to)
  for (let day = new Date(request.from); day < end;) {
    const next = new Date(day)
    next.setUTCDate(day.getUTCDate() + 1)
    yield await selectEntries(db, request, and(gte(entries.bookedAt, day), lt(entries.bookedAt, next)))
    day = next
  }
}
