import type { SuiteParts } from './databases/suite-parts.js'
import type { QueueSnapshot } from './queues/queue-snapshot.js'
import type { QuietOptions } from './queues/quiet.js'

/** What a suite sees of background work: queues of BullMQ, pg-boss and graphile-worker in its stores. */
export interface SuiteQueues {
  /**
   * Waits until there is no work left: nothing is on its way through the tap but reads that may wait for as long as they like and polls for jobs, nobody is
   * in a transaction, and no job is active, waiting, delayed or retrying. It looks at the queues again when something new has crossed the wire. Gives
   * what they hold then.
   *
   * @example
   * await app.inject({ method: 'POST', url: '/orders', payload })
   * const queues = await suite.quiet()
   * expect(queues).toDrain()
   *
   * @throws {HotbedError} `ERR_HOTBED_TIMEOUT` with what is still there: at once where all that is left is due after the deadline
   * @throws {HotbedError} `ERR_HOTBED_OPTION`, also for a queue that is not there
   */
  readonly quiet: (options?: QuietOptions) => Promise<QueueSnapshot>
  /**
   * Every queue of the suite's stores, or those named: how many jobs are in each state, and which have failed for good.
   *
   * @example
   * expect(await suite.inspectQueues(['mail'])).toDeadLetter({ after: 3 })
   *
   * @throws {HotbedError} `ERR_HOTBED_OPTION` for a name that no queue has
   */
  readonly inspectQueues: (names?: readonly string[]) => Promise<QueueSnapshot>
}

/** Each is loaded by the first test that uses it. `now` is the time of day as the application has it. */
export function createSuiteQueues(parts: SuiteParts, now: () => number): SuiteQueues {
  return {
    quiet: async (options) => (await import('./queues/quiet.js')).quiet({ parts, now }, options),
    inspectQueues: async (names) => (await import('./queues/inspect-queues.js')).inspectQueues(parts, names, now()),
  }
}
