import { generate } from './generate.js'
import type { LoadFunction } from './request.js'
import type { Schedule } from './schedule.js'
import type { Tallied } from './tally.js'

/** What makes the requests of a load. */
export interface Generator {
  /** What it asks, for people. */
  readonly target: string
  readonly place: 'here' | 'thread'
  /** Makes requests by the schedule. `onMeasure` is called when the warm-up is over. */
  readonly run: (schedule: Schedule, onMeasure: () => void) => Promise<Tallied>
  readonly close: () => Promise<void>
}

/** Calls a function, on the event loop of this process. */
export function createFunctionGenerator(call: LoadFunction): Generator {
  return {
    target: call.name === '' ? 'a function' : call.name,
    place: 'here',
    run: (schedule, onMeasure) => generate(schedule, call, onMeasure),
    close: async () => {},
  }
}
