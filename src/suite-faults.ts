import type { SuiteParts } from './databases/suite-parts.js'
import type { Endings } from './primitives/endings.js'
import type { Upstream } from './tap-verbs/start-upstream.js'
import type { UpstreamOptions } from './wire/http/upstream-spec.js'

/** What a suite can let fail. */
export interface SuiteFaults {
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
    startUpstream: async (options) => (await import('./tap-verbs/start-upstream.js')).startUpstream(parts, endings, options),
  }
}
