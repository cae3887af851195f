import type { SuiteParts } from './databases/suite-parts.js'
import type { OutageOptions } from './faults/outage-options.js'
import type { HoldAndWaitOptions } from './faults/hold-and-wait.js'
import type { Outage } from './faults/outage.js'
import type { RecoverOptions } from './faults/recover.js'
import type { HoldAndWait } from './wire/recording/hold-and-wait.js'
import type { Recovery } from './wire/recording/recovery.js'
import type { Endings } from './primitives/endings.js'
import type { RepeatRunOptions } from './scenarios/repeat.js'
import type { Upstream } from './tap-verbs/start-upstream.js'
import type { UpstreamOptions } from './wire/http/upstream-spec.js'
import type { Operations } from './wire/recording/operations.js'

/** What a suite can take away from the application. */
export interface SuiteFaults {
  /**
   * Takes a store away: it refuses, hangs, resets, or answers as a server in trouble does, until `end()`. It is the suite's own tap that does so,
   * the server itself is well: also a server that suites share.
   *
   * @example
   * await using outage = await suite.outage('redis', { mode: 'hang' })
   * const run = await outage.record(() => app.inject('/products/7'))
   * expect(run).toFallBack({ to: 'postgres' })
   *
   * @throws {HotbedError} `ERR_HOTBED_OPTION` for a mode that the store has not, and for a store that the stack has not
   */
  readonly outage: (store: 'postgres' | 'redis', options: OutageOptions) => Promise<Outage>
  /**
   * Brings a store back and asks the application again and again, one attempt after the other, until one is served: fulfilled, and with no status of
   * 500 and more. `act` gets the number of the attempt, from 1. What a client has queued meanwhile is in the recording.
   *
   * @example
   * const back = await suite.recover(() => app.inject('/products/7'), { after: outage.end })
   * expect(back).toRecover({ within: 1 })
   *
   * @throws {HotbedError} `ERR_HOTBED_OPTION`; and whatever `after` throws
   */
  readonly recover: <Result>(act: (attempt: number) => Promise<Result> | Result, options: RecoverOptions) => Promise<Recovery<Result>>
  /**
   * Lets `n` participants share the application's pool, and ends as soon as none of them can go on because each waits for a connection that another
   * holds: long before the pool's time-out, or without one. Who waits then is unsettled, and waits on.
   *
   * @example
   * const run = await suite.holdAndWait(10, () => app.inject(order), { pools: [pool] })
   * expect(run).toAvoidPoolDeadlock()
   *
   * @throws {HotbedError} `ERR_HOTBED_OPTION`
   */
  readonly holdAndWait: <Result>(
    n: number,
    act: (participant: number) => Promise<Result> | Result,
    options?: HoldAndWaitOptions,
  ) => Promise<HoldAndWait<Result>>
  /**
   * Starts a real HTTP server that stands for a third party. Its calls are on the suite's timeline, `recording.calls`, and rules steer them. It ends
   * with the suite.
   *
   * @example
   * const payments = await suite.startUpstream({ name: 'payments', routes: { 'POST /charges': { status: 201, body: { id: 'ch_1' } } } })
   * await using down = await suite.intercept('POST /charges', reply({ status: 503 }))
   *
   * @throws {HotbedError} `ERR_HOTBED_OPTION` for a route or an answer that is none, or a name that is taken; `ERR_HOTBED_DISPOSED`
   */
  readonly startUpstream: (options: UpstreamOptions) => Promise<Upstream>
  /**
   * Runs an operation `n` times, one after the other or at once, and records it. Whatever rejects, or never settles, is an outcome. `fn` gets its
   * number, from 1.
   *
   * @example
   * const run = await suite.repeat(10, () => app.inject({ method: 'POST', url: '/orders' }))
   * expect(run).toOpenCircuit({ after: 3 })
   *
   * @throws {HotbedError} `ERR_HOTBED_OPTION`, `ERR_HOTBED_DISPOSED`
   */
  readonly repeat: <Result>(
    n: number,
    fn: (operation: number) => Promise<Result> | Result,
    options?: RepeatRunOptions,
  ) => Promise<Operations<Result>>
}

/** Each is loaded by the first test that uses it: a worker pays for each module in every test file. */
export function createSuiteFaults(parts: SuiteParts, endings: Endings): SuiteFaults {
  return {
    outage: async (store, options) => (await import('./faults/outage.js')).startOutage(parts, store, options),
    recover: async (act, options) => (await import('./faults/recover.js')).recover(parts, act, options),
    holdAndWait: async (n, act, options) => (await import('./faults/hold-and-wait.js')).holdAndWait(parts, n, act, options),
    startUpstream: async (options) => (await import('./tap-verbs/start-upstream.js')).startUpstream(parts, endings, options),
    repeat: async (n, fn, options) => (await import('./scenarios/repeat.js')).repeat(parts, n, fn, options),
  }
}
