import type { SuiteParts } from '../databases/suite-parts.js'
import { HotbedError } from '../primitives/error.js'
import type { OutageMode } from '../wire/outage.js'
import type { Match } from '../wire/match.js'
import type { OutageRun } from '../wire/recording/outage-run.js'

export interface OutageOptions {
  readonly mode: OutageMode
  /** Only requests that match, or only the first so many requests and connections; then the store answers again. @default everything */
  readonly for?: Match | number
}

/** What an outage has done so far. */
export interface OutageState {
  /** False: it was ended, or has struck as often as it should. */
  readonly isActive: boolean
  /** Requests and connections that it hit. */
  readonly struck: number
  readonly requests: number
  readonly connections: number
  /** Requests and connections that it holds at this moment. */
  readonly holding: number
}

export interface OutageRecordOptions {
  /** How many ask at the same time. @default 1 */
  readonly participants?: number
  /** Who has not settled by then is unsettled, in milliseconds. @default 5000 */
  readonly deadlineMs?: number
  /** Whether statements bring the plan they really ran with. @default false */
  readonly plans?: boolean
}

/** A store that is out. */
export interface Outage {
  readonly store: 'postgres' | 'redis'
  readonly mode: OutageMode
  readonly state: () => Promise<OutageState>
  /** The store answers again; what was held goes on. A second call does nothing. */
  readonly end: () => Promise<OutageState>
  /**
   * Records what the application does now. Never rejects for what the participants do: whoever fails, or never settles, is an outcome.
   *
   * @throws {HotbedError} `ERR_HOTBED_OPTION`, `ERR_HOTBED_DISPOSED`
   */
  readonly record: <Result>(
    act: (participant: number) => Promise<Result> | Result,
    options?: OutageRecordOptions,
  ) => Promise<OutageRun<Result>>
  readonly [Symbol.asyncDispose]: () => Promise<void>
}

export function startOutage(_parts: SuiteParts, store: 'postgres' | 'redis', options: OutageOptions): Promise<Outage> {
  return Promise.reject(new HotbedError('ERR_HOTBED_TAP', { message: `An outage of ${store} cannot be made yet (${options.mode}).` }))
}
