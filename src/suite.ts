import { createSuiteClock, type ClockOptions, type SuiteClock } from './clock/suite-clock.js'
import type { PostgresDefinition, RedisDefinition, StackDefinition } from './databases/stack.js'
import type { SuiteParts } from './databases/suite-parts.js'
import type { LeaseRace } from './scenarios/lease-race.js'
import type { LeaseScenario } from './scenarios/outlive-lease.js'
import type { InterceptOptions, Rule, RuleMatch, Rules } from './tap-verbs/intercept.js'
import type { CacheComparison } from './keyspace/cache-comparison.js'
import type { CacheLoader, CompareCacheOptions } from './keyspace/compare-cache.js'
import { endInOrder } from './primitives/end-in-order.js'
import { checkLeavesNothingBehind } from './leaves-nothing-behind.js'
import { noteLiveClock } from './clock/live-clocks.js'
import type { OpenRecording, RecordOptions } from './tap-verbs/record.js'
import { createSuitePostgres, type SuitePostgres } from './suite-postgres.js'
import { createSuiteRedis, type SuiteRedis } from './suite-redis.js'
import type { AmbiguousCommitOptions } from './scenarios/ambiguous-commit.js'
import type { AmbiguousCommit } from './scenarios/commit-runs.js'
import type { InvalidationRace } from './scenarios/invalidation-race.js'
import type { StampedeRace } from './scenarios/stampede-race.js'
import type { InvalidationScenario } from './scenarios/race-invalidation.js'
import type { StampedeOptions } from './scenarios/stampede.js'
import type { OverlapOptions } from './scenarios/overlap.js'
import type { ScenarioHost } from './scenarios/scenario.js'
import type { ConnectionTraffic } from './wire/exchange.js'
import type { Exploration } from './wire/recording/exploration.js'
import type { Race } from './wire/recording/race.js'
import type { Recording } from './wire/recording/recording.js'
import type { ExploreOptions } from './scenarios/explore/explore.js'
import type { RuleAction } from './wire/rule.js'

/** The unit of isolation: one clone of the template and one Redis, real and thrown away. */
export interface Suite<Stack extends StackDefinition = StackDefinition> {
  readonly postgres: Stack['postgres'] extends PostgresDefinition ? SuitePostgres : undefined
  readonly redis: Stack['redis'] extends RedisDefinition ? SuiteRedis : undefined
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
   * Brings `n` participants past a point together, each time: all wait at the gate for each other, except for those that a lock keeps away, that have
   * ended, or that wait in memory. `fn` gets its number, from 1.
   *
   * @example
   * const race = await suite.overlap(2, () => app.inject({ method: 'POST', url: '/seats/7' }), { at: 'UPDATE seats' })
   * expect(race).toNeverOversell({ capacity: 1 })
   *
   * @throws {HotbedError} `ERR_HOTBED_RACE` when the first, alone, does not come to the gate, or fewer than `n` do until the deadline
   * @throws {HotbedError} `ERR_HOTBED_OPTION` also for an invariant that fails, gives no boolean, or does not hold at the start
   */
  readonly overlap: <Result>(
    n: number,
    fn: (participant: number) => Promise<Result> | Result,
    options: OverlapOptions,
  ) => Promise<Race<Result>>
  /**
   * Lets `n` callers miss a key of the cache at once: the first load is held until all have come to theirs, or are known to wait for it.
   *
   * @example
   * const race = await suite.stampede(20, () => app.inject('/products/7'), { key: 'product:7' })
   * expect(race).toCoalesce()
   *
   * @throws {HotbedError} `ERR_HOTBED_RACE` when nobody loads; `ERR_HOTBED_OPTION`
   */
  readonly stampede: <Result>(
    n: number,
    fn: (participant: number) => Promise<Result> | Result,
    options: StampedeOptions,
  ) => Promise<StampedeRace<Result>>
  /**
   * Holds the fill of a reader until a writer has changed the source and invalidated the key, lets it go, and reads once more.
   *
   * @example
   * const race = await suite.raceInvalidation({ read: () => a.inject('/products/7'), write: () => b.inject(newPrice), key: 'product:7' })
   * expect(race).not.toServeStale()
   *
   * @throws {HotbedError} `ERR_HOTBED_RACE` when the reader fills nothing; `ERR_HOTBED_OPTION`
   */
  readonly raceInvalidation: <Result>(scenario: InvalidationScenario<Result>) => Promise<InvalidationRace<Result>>
  /**
   * Cuts the connection at a commit, in one run before the server got it and in one after it has committed: the client cannot tell which. `fn`
   * gets the number of the run, 1 or 2.
   *
   * @example
   * const race = await suite.ambiguousCommit((run) => placeOrder(`order-${run}`), { effect: 'SELECT count(*) AS orders FROM orders' })
   * expect(race).toBeIdempotent()
   *
   * @throws {HotbedError} `ERR_HOTBED_RACE` when a run sends no such commit; `ERR_HOTBED_OPTION`
   */
  readonly ambiguousCommit: <Result>(
    fn: (run: number) => Promise<Result> | Result,
    options: AmbiguousCommitOptions,
  ) => Promise<AmbiguousCommit<Result>>
  /**
   * Pauses the holder of a lock at its write, lets the lease run out, runs the successor, and lets the holder go on.
   *
   * @example
   * const race = await suite.outliveLease({ holder: () => book(1), successor: () => book(2), lock: 'lock:seat:7', write: 'UPDATE seats' })
   * expect(race).toBeFenced()
   *
   * @throws {HotbedError} `ERR_HOTBED_OPTION`; `ERR_HOTBED_TIMEOUT` when the holder comes to no such write, or holds no such lock
   */
  readonly outliveLease: <Result>(scenario: LeaseScenario<Result>) => Promise<LeaseRace<Result>>
  /**
   * From here until it is disposed, connections that an application makes are carried unread: neither recorded nor steered, then or later. For
   * measuring latencies under the usual URLs; `directUrl` has not even the way through the tap.
   *
   * @example
   * await using unread = await suite.passThrough()
   */
  readonly passThrough: () => Promise<AsyncDisposable>
  /** The one clock of Redis and the application: a test that waits five minutes does not. */
  readonly clock: SuiteClock
  /**
   * Runs the participants again and again, each time with another order of everything that crosses the wire, until the invariant does not hold.
   *
   * @example
   * const exploration = await suite.explore([buy, buy], { before: restock, invariant: 'SELECT free >= 0, free FROM seats' })
   * expect(exploration).toPreserve()
   *
   * @throws {HotbedError} `ERR_HOTBED_OPTION`, `ERR_HOTBED_EVIDENCE` when nothing crosses the wire
   */
  readonly explore: <Result>(
    participants: readonly (() => Promise<Result> | Result)[],
    options?: ExploreOptions,
  ) => Promise<Exploration<Result>>
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
  /**
   * Brings both stores back to the template, under the same URLs, and the clock to the time of the machine. Sessions on the database are ended, because a database that is exchanged
   * can have none: a pool of `pg` needs an `error` listener for that, as it needs one in production.
   */
  readonly reset: () => Promise<void>
  /** Leaves both stores up when the run ends, under their `directUrl`: the tap ends with its process. `hotbed clean --kept` ends them. */
  readonly keep: (label?: string) => Promise<void>
  /** Ends the suite: its database and its Redis are gone when this settles. A second call waits for the first. */
  readonly dispose: () => Promise<void>
  readonly [Symbol.asyncDispose]: () => Promise<void>
}

/** How a suite behaves, beside what its stack says. */
export interface SuiteBehaviour {
  readonly onDisposed?: (() => Promise<void>) | undefined
  /** @default true */
  readonly leavesNothingBehind?: boolean | undefined
  /** @default true */
  readonly plans?: boolean | undefined
  readonly clock?: ClockOptions | undefined
}

/** A suite over parts that live here or in another process. */
export function createSuite<Stack extends StackDefinition>(parts: SuiteParts, behaviour: SuiteBehaviour = {}): Suite<Stack> {
  const { onDisposed = () => Promise.resolve(), leavesNothingBehind = true, plans = true, clock } = behaviour
  const { facts, verbs } = parts
  let disposing: Promise<void> | undefined
  const check = async (): Promise<void> => {
    if (leavesNothingBehind) await checkLeavesNothingBehind(verbs, facts.postgres !== undefined)
  }
  const time = createSuiteClock(parts, clock)
  const forget = noteLiveClock(time.end)
  const endClock = async (): Promise<void> => {
    forget()
    await time.end()
  }
  const dispose = (): Promise<void> => (disposing ??= endInOrder(check, endClock, verbs.dispose, onDisposed))
  const suite = {
    postgres: facts.postgres === undefined ? undefined : createSuitePostgres(facts.postgres, verbs),
    redis: facts.redis === undefined ? undefined : createSuiteRedis(facts.redis, verbs),
    ...createSuiteTap(parts, plans),
    clock: time.clock,
    reset: async () => {
      await verbs.reset()
      await time.reset()
    },
    keep: verbs.keep,
    dispose,
    [Symbol.asyncDispose]: dispose,
  }
  // What the stack names is what the facts hold: the conditional types say it, inference cannot.
  return suite as Suite<Stack>
}

type TapVerb =
  | 'record'
  | 'startRecording'
  | 'intercept'
  | 'overlap'
  | 'stampede'
  | 'raceInvalidation'
  | 'ambiguousCommit'
  | 'outliveLease'
  | 'explore'
  | 'passThrough'
  | 'compareCache'
  | 'connections'

/** The verbs of the tap. Each is loaded by the first test that uses it: a worker pays for each module in every test file. */
export function createSuiteTap(parts: SuiteParts, plans: boolean): Pick<Suite, TapVerb> {
  let loading: Promise<Rules> | undefined
  const loadRules = (): Promise<Rules> =>
    (loading ??= import('./tap-verbs/intercept.js').then(({ createRules }) => createRules(parts.verbs)))
  const host = async (): Promise<ScenarioHost> => ({ parts, rules: await loadRules() })
  return {
    record: async (act, options) => (await import('./tap-verbs/record.js')).record(parts, act, { plans, ...options }),
    startRecording: async (options) => (await import('./tap-verbs/record.js')).startRecording(parts, { plans, ...options }),
    intercept: async (match, action, options) => (await loadRules()).intercept(match, action, options),
    overlap: async (n, fn, options) => (await import('./scenarios/overlap.js')).overlap(await host(), n, fn, options),
    stampede: async (n, fn, options) => (await import('./scenarios/stampede.js')).stampede(await host(), n, fn, options),
    raceInvalidation: async (scenario) => (await import('./scenarios/race-invalidation.js')).raceInvalidation(await host(), scenario),
    ambiguousCommit: async (fn, options) => (await import('./scenarios/ambiguous-commit.js')).ambiguousCommit(await host(), fn, options),
    outliveLease: async (scenario) => (await import('./scenarios/outlive-lease.js')).outliveLease(parts, await loadRules(), scenario),
    explore: async (participants, options) => (await import('./scenarios/explore/explore.js')).explore(parts, participants, options),
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
