import type { RecordedEvent } from '../../wire/recording/recording.js'

/** What one connection sent before it waited for an answer. */
export interface RoundTrip {
  readonly store: RecordedEvent['store']
  readonly connection: number
  readonly events: readonly RecordedEvent[]
}

/**
 * Requests of one connection that had all arrived before the first of their replies was whole are one round trip: a pipeline, several
 * statements in one message. Requests of different connections are never one.
 *
 * What is queued one by one between MULTI and EXEC is answered with EXEC, as a recording has it, and counts as one with it. A prepared statement
 * whose client waits between Parse and Bind takes one more than is seen.
 */
export function findRoundTrips(timeline: readonly RecordedEvent[]): readonly RoundTrip[] {
  const trips: RoundTrip[] = []
  const open = new Map<number, { readonly events: RecordedEvent[]; firstEnd: number }>()
  for (const event of timeline) {
    const end = event.end ?? Infinity
    const last = open.get(event.connection)
    if (last !== undefined && event.start < last.firstEnd) {
      last.events.push(event)
      last.firstEnd = Math.min(last.firstEnd, end)
      continue
    }
    const trip = { events: [event], firstEnd: end }
    open.set(event.connection, trip)
    trips.push({ store: event.store, connection: event.connection, events: trip.events })
  }
  return trips
}
