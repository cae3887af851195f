import type { SuiteParts } from './databases/suite-parts.js'
import type { OutageOptions } from './faults/outage-options.js'
import type { Outage } from './faults/outage.js'
import type { Endings } from './primitives/endings.js'
import type { Upstream } from './tap-verbs/start-upstream.js'
import type { UpstreamOptions } from './wire/http/upstream-spec.js'

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
}

/** Each is loaded by the first test that uses it: a worker pays for each module in every test file. */
export function createSuiteFaults(parts: SuiteParts, endings: Endings): SuiteFaults {
  return {
    outage: async (store, options) => (await import('./faults/outage.js')).startOutage(parts, store, options),
    startUpstream: async (options) => (await import('./tap-verbs/start-upstream.js')).startUpstream(parts, endings, options),
  }
}
