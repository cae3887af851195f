import type { SuiteParts } from './databases/suite-parts.js'
import type { QueueSnapshot } from './queues/queue-snapshot.js'
import type { QuietOptions } from './queues/quiet.js'
import type { LoseAcknowledgementOptions } from './scenarios/lose-acknowledgement.js'
import type { LostAcknowledgement } from './scenarios/lost-acknowledgement.js'
import { loadRules } from './tap-verbs/load-rules.js'

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
  /**
   * Lets a worker be gone between a job's effect and its acknowledgement: `fn` adds a job, its acknowledgement is held on the wire, the lock of its worker is
   * over, and the job is delivered again.
   *
   * @example
   * const race = await suite.loseAcknowledgement(() => queue.add('send', { order: 7 }), {
   *   effect: 'SELECT count(*) AS receipts FROM receipts',
   *   again: () => startWorker(),
   * })
   * expect(race).toBeIdempotent()
   *
   * @throws {HotbedError} `ERR_HOTBED_RACE` when no job is acknowledged, or nobody takes it again; `ERR_HOTBED_OPTION`
   */
  readonly loseAcknowledgement: <Result>(
    fn: () => Promise<Result> | Result,
    options: LoseAcknowledgementOptions,
  ) => Promise<LostAcknowledgement<Result>>
}

/** Each is loaded by the first test that uses it. `now` is the time of day as the application has it. */
export function createSuiteQueues(parts: SuiteParts, now: () => number): SuiteQueues {
  return {
    quiet: async (options) => (await import('./queues/quiet.js')).quiet({ parts, now }, options),
    inspectQueues: async (names) => (await import('./queues/inspect-queues.js')).inspectQueues(parts, names, now()),
    loseAcknowledgement: async (fn, options) => {
      const { loseAcknowledgement } = await import('./scenarios/lose-acknowledgement.js')
      return loseAcknowledgement({ parts, now, rules: await loadRules(parts) }, fn, options)
    },
  }
}
