import type { SuiteParts } from './databases/suite-parts.js'
import type { AmbiguousCommitOptions } from './scenarios/ambiguous-commit.js'
import type { AmbiguousCommit } from './scenarios/commit-runs.js'
import type { ExploreOptions } from './scenarios/explore/explore.js'
import type { InvalidationRace } from './scenarios/invalidation-race.js'
import type { LeaseRace } from './scenarios/lease-race.js'
import type { LeaseScenario } from './scenarios/outlive-lease.js'
import type { OverlapOptions } from './scenarios/overlap.js'
import type { InvalidationScenario } from './scenarios/race-invalidation.js'
import type { ScenarioHost } from './scenarios/scenario.js'
import type { StampedeRace } from './scenarios/stampede-race.js'
import type { StampedeOptions } from './scenarios/stampede.js'
import { loadRules } from './tap-verbs/load-rules.js'
import type { Exploration } from './wire/recording/exploration.js'
import type { Race } from './wire/recording/race.js'

/** The races that a suite can make certain. */
export interface SuiteRaces {
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
}

/** Each is loaded by the first test that uses it: a worker pays for each module in every test file. */
export function createSuiteRaces(parts: SuiteParts): SuiteRaces {
  const host = async (): Promise<ScenarioHost> => ({ parts, rules: await loadRules(parts) })
  return {
    overlap: async (n, fn, options) => (await import('./scenarios/overlap.js')).overlap(await host(), n, fn, options),
    stampede: async (n, fn, options) => (await import('./scenarios/stampede.js')).stampede(await host(), n, fn, options),
    raceInvalidation: async (scenario) => (await import('./scenarios/race-invalidation.js')).raceInvalidation(await host(), scenario),
    ambiguousCommit: async (fn, options) => (await import('./scenarios/ambiguous-commit.js')).ambiguousCommit(await host(), fn, options),
    outliveLease: async (scenario) => (await import('./scenarios/outlive-lease.js')).outliveLease(await host(), scenario),
    explore: async (participants, options) => (await import('./scenarios/explore/explore.js')).explore(parts, participants, options),
  }
}
