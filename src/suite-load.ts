import type { SuiteParts } from './databases/suite-parts.js'
import type { CompareLoadOptions } from './load/compare-load.js'
import type { FindKneeOptions } from './load/knee/knee-options.js'
import type { KneeReport } from './load/knee/knee-report.js'
import type { LoadComparison } from './load/load-comparison.js'
import type { LoadOptions } from './load/load-options.js'
import type { LoadReport } from './load/load-report.js'
import type { LoadFunction } from './load/request.js'
import type { UrlTarget } from './load/target.js'

/** What a suite can measure under load. */
export interface SuiteLoad {
  /**
   * Makes requests at a rate, whatever becomes of those before (the open model), or as a number of users who wait for their answers (the closed
   * one). Latencies count from the moment a request was due, so a server that stalls is not asked less for it. Beside them stands what the tap
   * has counted meanwhile. A function runs on the event loop of this process; a URL is asked from a thread of its own.
   *
   * @example
   * const report = await suite.load(() => app.inject('/products/7'), { rate: '350/s', for: '10s' })
   * expect(report).toMeetThresholds({ 'p(95)': '<200', 'errors.rate': '<0.01', 'postgres.share': '<0.5' })
   *
   * @throws {HotbedError} `ERR_HOTBED_OPTION`, before anything is sent
   */
  readonly load: (target: LoadFunction | UrlTarget, options: LoadOptions) => Promise<LoadReport>
  /**
   * Loads two in turn, in short slices, so that what disturbs the machine disturbs both, and gives the ratio of their median latencies with its
   * confidence interval.
   *
   * @example
   * const comparison = await suite.compareLoad(() => broken.inject('/report'), () => repaired.inject('/report'), { rate: 100, for: '10s' })
   * expect(comparison).toBeFasterThan('a', { ratio: 2 })
   *
   * @throws {HotbedError} `ERR_HOTBED_OPTION`, also for fewer than 5 requests a slice, before anything is sent
   */
  readonly compareLoad: (a: LoadFunction | UrlTarget, b: LoadFunction | UrlTarget, options: CompareLoadOptions) => Promise<LoadComparison>
  /**
   * Raises the rate until the target does not follow any more: answers stay behind, fail, or take several times as long. Then narrows down where, and
   * names from evidence what gave way first: the CPU, the pool, connections, locks, a store, the workers of a queue.
   *
   * @example
   * const knee = await suite.findKnee(() => app.inject('/report'), { from: 20, upTo: 2000, pools: [pool] })
   * expect(knee.bottleneck?.kind).toBe('pool')
   *
   * @throws {HotbedError} `ERR_HOTBED_OPTION`, before anything is sent
   * @throws {HotbedError} `ERR_HOTBED_EVIDENCE` when it was the generator or the tap that gave way
   */
  readonly findKnee: (target: LoadFunction | UrlTarget, options: FindKneeOptions) => Promise<KneeReport>
}

/** Each is loaded by the first test that uses it: a worker pays for each module in every test file. `now` is the time of day as the application has it, `processes` are those of applications that the suite has started. */
export function createSuiteLoad(parts: SuiteParts, now: () => number, processes: () => readonly number[] = () => []): SuiteLoad {
  const watching = <Options extends object>(options: Options): Options =>
    typeof options === 'object' && options !== null ? { processes: processes(), ...options } : options
  return {
    load: async (target, options) => (await import('./load/load.js')).load(parts, target, watching(options)),
    compareLoad: async (a, b, options) => (await import('./load/compare-load.js')).compareLoad(a, b, options),
    findKnee: async (target, options) => {
      const [{ findKnee }, { readReadyJobs }] = await Promise.all([import('./load/knee/find-knee.js'), import('./queues/ready-jobs.js')])
      return findKnee({ parts, readReadyJobs: () => readReadyJobs(parts, now()) }, target, watching(options))
    },
  }
}
