import type { SuiteParts } from './databases/suite-parts.js'
import type { Outage, OutageOptions } from './faults/outage.js'

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
}

/** Each is loaded by the first test that uses it: a worker pays for each module in every test file. */
export function createSuiteFaults(parts: SuiteParts): SuiteFaults {
  return {
    outage: async (store, options) => (await import('./faults/outage.js')).startOutage(parts, store, options),
  }
}
