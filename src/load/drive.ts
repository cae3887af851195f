import type { RequestEnd, RequestsUnderWay } from './requests-under-way.js'
import type { Schedule } from './schedule.js'
import type { Tally } from './tally.js'

/** What a model of load drives. */
export interface Drive {
  readonly schedule: Schedule
  readonly startMs: number
  readonly tally: Tally
  readonly requests: RequestsUnderWay
  /** The warm-up is over: called before the first request that counts. */
  readonly measure: () => void
  /** One that counts was sent, so long after the start. */
  readonly noteIssued: (atMs: number) => void
  /** What is to be called at the end of one that counts. */
  readonly endOf: (index: number, dueMs: number) => (end: RequestEnd) => void
}
