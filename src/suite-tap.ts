import type { SuiteParts } from './databases/suite-parts.js'
import type { CacheComparison } from './keyspace/cache-comparison.js'
import type { CacheLoader, CompareCacheOptions } from './keyspace/compare-cache.js'
import type { InterceptOptions, Rule, RuleMatch } from './tap-verbs/intercept.js'
import { loadRules } from './tap-verbs/load-rules.js'
import type { OpenRecording, RecordOptions } from './tap-verbs/record.js'
import type { ConnectionTraffic } from './wire/exchange.js'
import type { Recording } from './wire/recording/recording.js'
import type { RuleAction } from './wire/rule.js'

/** What a suite sees and steers of its stores. */
export interface SuiteTap {
  /**
   * Records every statement and command that is on its way while `act` runs, with the reply and the plan it really ran with.
   *
   * @example
   * const run = await suite.record(() => app.inject('/products/7'))
   * expect(run.statements).toHaveLength(1)
   *
   * @throws {HotbedError} `ERR_HOTBED_DISPOSED`, `ERR_HOTBED_OPTION`; and whatever `act` throws
   */
  readonly record: <Result>(act: () => Promise<Result> | Result, options?: RecordOptions) => Promise<Recording<Result>>
  /** As `record`, from here until `stop()`. */
  readonly startRecording: (options?: RecordOptions) => Promise<OpenRecording>
  /**
   * Steers requests on their way: holds, delays, cuts, or answers those that match.
   *
   * @example
   * await using gate = await suite.intercept('UPDATE seats', hold({ parties: 2 }))
   *
   * @throws {HotbedError} `ERR_HOTBED_OPTION`
   */
  readonly intercept: (match: RuleMatch, action: RuleAction, options?: InterceptOptions) => Promise<Rule>
  /**
   * From here until it is disposed, connections that an application makes are carried unread: neither recorded nor steered, then or later. For
   * measuring latencies under the usual URLs; `directUrl` has not even the way through the tap.
   *
   * @example
   * await using unread = await suite.passThrough()
   */
  readonly passThrough: () => Promise<AsyncDisposable>
  /**
   * Every cached key that matches beside what `loader` says it should hold now, however it came to be so.
   *
   * @example
   * const cache = await suite.compareCache('product:*', (key) => loadProduct(key.slice('product:'.length)))
   * expect(cache).toBeCoherent()
   *
   * @throws {HotbedError} `ERR_HOTBED_OPTION`
   */
  readonly compareCache: (pattern: string, loader: CacheLoader, options?: CompareCacheOptions) => Promise<CacheComparison>
  /** Connections through the tap that are open now. */
  readonly connections: () => Promise<readonly ConnectionTraffic[]>
}

/** The verbs of the tap. Each is loaded by the first test that uses it: a worker pays for each module in every test file. */
export function createSuiteTap(parts: SuiteParts, plans: boolean): SuiteTap {
  return {
    record: async (act, options) => (await import('./tap-verbs/record.js')).record(parts, act, { plans, ...options }),
    startRecording: async (options) => (await import('./tap-verbs/record.js')).startRecording(parts, { plans, ...options }),
    intercept: async (match, action, options) => (await loadRules(parts)).intercept(match, action, options),
    passThrough: async () => {
      await parts.verbs.tap('passThrough', [true])
      let ending: Promise<void> | undefined
      const end = async (): Promise<void> => void (await parts.verbs.tap('passThrough', [false]))
      return { [Symbol.asyncDispose]: () => (ending ??= end()) }
    },
    compareCache: async (pattern, loader, options) =>
      (await import('./keyspace/compare-cache.js')).compareCache(parts.verbs.send, pattern, loader, options),
    connections: async () => (await parts.verbs.tap('connections', [])) as readonly ConnectionTraffic[],
  }
}
