import { buffersOf } from '../../plan/work.js'
import type { RecordedEvent, Recording } from '../../wire/recording/recording.js'
import { findRoundTrips } from './round-trips.js'

/** What a recording can be compared by. All are exact counts. */
export type RecordingMeasure =
  | 'postgres.statements'
  | 'postgres.rows'
  | 'postgres.bytes'
  | 'postgres.buffers'
  | 'postgres.roundTrips'
  | 'redis.commands'
  | 'redis.bytes'
  | 'redis.roundTrips'
  | 'upstream.calls'

/** What a statement, command or call contributes to a measure. */
export interface Contribution {
  readonly event: RecordedEvent
  readonly count: number
}

/** The statements, or commands, that a measure counts, each with how much. Undefined: the recording does not tell, as it has no plans. */
export type Measure = (recording: Recording) => readonly Contribution[] | undefined

export const MEASURES: Readonly<Record<RecordingMeasure, Measure>> = {
  'postgres.statements': ({ statements }) => statements.map((one) => ({ event: one, count: 1 })),
  'postgres.rows': ({ statements }) => statements.map((one) => ({ event: one, count: one.rows })),
  'postgres.bytes': ({ statements }) => statements.map((one) => ({ event: one, count: one.bytes.request + one.bytes.reply })),
  'postgres.buffers': readBuffers,
  'postgres.roundTrips': (recording) => countTrips(recording, 'postgres'),
  'redis.commands': ({ commands }) => commands.map((one) => ({ event: one, count: 1 })),
  'redis.bytes': ({ commands }) => commands.map((one) => ({ event: one, count: one.bytes.request + one.bytes.reply })),
  'redis.roundTrips': (recording) => countTrips(recording, 'redis'),
  'upstream.calls': ({ calls }) => calls.map((one) => ({ event: one, count: 1 })),
}

/** Statements that have none by nature bear no plan: BEGIN, SET, COPY. Where no plan was read at all, nothing is known. */
function readBuffers({ statements }: Recording): readonly Contribution[] | undefined {
  const plans = statements.map((event) => ({ event, plan: event.plan }))
  if (statements.length > 0 && plans.every(({ plan }) => plan === undefined)) return undefined
  return plans.flatMap(({ event, plan }) => (plan === undefined ? [] : [{ event, count: buffersOf(plan) }]))
}

function countTrips({ timeline }: Recording, store: 'postgres' | 'redis'): readonly Contribution[] {
  return findRoundTrips(timeline).flatMap((trip) =>
    trip.store === store ? trip.events.slice(0, 1).map((event) => ({ event, count: 1 })) : [],
  )
}
