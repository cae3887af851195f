import type { RecordedEvent } from '../../wire/recording/recording.js'

/** What one connection sent before it waited for an answer. */
export interface RoundTrip {
  readonly store: RecordedEvent['store']
  readonly connection: number
  readonly events: readonly RecordedEvent[]
}

interface OpenTrip extends RoundTrip {
  readonly events: RecordedEvent[]
  /** Position of the first reply. */
  firstEnd: number
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
  const open = new Map<number, OpenTrip>()
  // By index: of a frozen list, for…of makes an object for each element.
  for (let index = 0; index < timeline.length; index += 1) {
    const event = timeline[index]
    if (event === undefined) continue
    const { connection, store, start, end = Infinity } = event
    const last = open.get(connection)
    if (last !== undefined && start < last.firstEnd) {
      last.events.push(event)
      last.firstEnd = Math.min(last.firstEnd, end)
      continue
    }
    const trip = { store, connection, events: [event], firstEnd: end }
    open.set(connection, trip)
    trips.push(trip)
  }
  return trips
}
