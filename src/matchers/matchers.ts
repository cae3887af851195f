import type { KeyList } from './cache/key-list.js'
import type { Duration } from '../primitives/duration.js'
import type { RateLimit } from './clock/to-enforce-rate-limit.js'
import type { FasterOptions } from './load/to-be-faster-than.js'
import type { Rate } from '../load/rate.js'
import type { Thresholds } from './load/to-meet-thresholds.js'
import type { CriticalSection } from './recording/critical-sections.js'
import type { RecordingMeasure } from './recording/measures.js'
import type { Reduction } from './recording/to-reduce.js'
import type { RoundTripBounds } from './recording/to-have-round-trips.js'
import type { TtlBounds } from './cache/ttl-bounds.js'
import type { LookupOptions } from './cache/count-lookups.js'
import type { HitRatioBounds } from './cache/to-have-cache-hit-ratio.js'
import type { ServingLayer } from './cache/to-be-served-from.js'
import type { PopulateOptions } from './cache/to-populate-cache.js'
import type { CacheAbsenceOptions } from './cache/to-cache-absence.js'
import type { PenetrationOptions } from './cache/to-block-penetration.js'
import type { ValuesOptions } from './cache/to-have-values-under.js'
import type { SpreadBounds } from './cache/to-spread-expiry.js'
import type { PersistentKeysOptions } from './cache/to-have-no-persistent-keys.js'
import type { InvalidateOptions } from './cache/to-invalidate.js'
import type { FallBackOptions } from './faults/to-fall-back.js'
import type { RecoverBounds } from './faults/to-recover.js'
import type { SmellsOptions } from './plan/smell-options.js'
import type { ExamineBudget } from './plan/to-examine-at-most-rows.js'
import type { PruneOptions } from './plan/to-prune-partitions-to.js'
import type { SortOptions } from './plan/to-sort.js'
import type { StabilityBounds } from './plan/to-be-stable.js'
import type { GrowthLaw } from '../plan/growth/fit.js'
import type { GrowthBounds } from './plan/to-grow-at-most.js'
import type { KeepOptions } from './plan/to-keep-its-plan.js'
import type { IndexDescription } from './plan/wanted-index.js'
import type { PostgresRole } from '../wire/exchange.js'
import type { Match } from '../wire/match.js'
import type { CountRange } from './recording/count-range.js'
import type { PeakConnectionsOptions } from './recording/to-have-peak-connections.js'
import type { CoalesceOptions } from './races/to-coalesce.js'
import type { OversellOptions } from './races/to-never-oversell.js'
import type { FencingOptions } from './races/to-be-fenced.js'
import type { RetryExpectation } from './races/to-retry.js'
import type { CallRetryExpectation } from './races/call-retry.js'
import type { CircuitExpectation } from './faults/to-open-circuit.js'
import type { ProbeExpectation } from './faults/to-probe-once.js'
import type { DeadLetterExpectation } from './queues/to-dead-letter.js'
import type { QueueOptions } from './queues/read-queues.js'
import type { BatchExpectation } from './recording/to-batch.js'
import type { RepeatOptions } from './recording/to-repeat-statement.js'
import type { BloatOptions } from './schema/to-have-bloat-below.js'
import type { SchemaFindingsOptions } from './schema/findings-options.js'

/**
 * What `expect(evidence)` gets. All of them are synchronous, and there are no type parameters: one augmentation of `Matchers`,
 * `interface Matchers extends HotbedMatchers {}`, serves every version of vitest.
 */
export interface HotbedMatchers {
  /** The plan finds rows by this index: its name, or its table and leading columns. */
  toUseIndex(index: string | IndexDescription): void
  /** The plan reads the table, or any table, from end to end. Mostly used with `.not`. */
  toSeqScan(table?: string): void
  /** A plan has a defect of the catalogue, such as a missing index or a sort that spills. Mostly used with `.not`. */
  toHaveSmells(options?: SmellsOptions): void
  /** The plan answers from an index, or from this one, without a visit to the table. */
  toUseIndexOnlyScan(index?: string | IndexDescription): void
  /** The plan touches at most so many blocks of 8 kB, planning not counted. */
  toReadAtMostBuffers(buffers: number): void
  /** The plan looks at no more rows than that, those thrown away by a filter among them: `({ perRowReturned: 10 })`. */
  toExamineAtMostRows(budget: ExamineBudget): void
  /** A sort, a hash or a HashAggregate did not fit into `work_mem`. Mostly used with `.not`. */
  toSpillToDisk(): void
  /** The plan sorts, instead of reading in the order of an index. Mostly used with `.not`. */
  toSort(options?: SortOptions): void
  /** The planner was off by no more than this factor, at every node that ran. */
  toEstimateRowsWithin(factor: number): void
  /** The plan scans at most so many partitions of a table. */
  toPrunePartitionsTo(partitions: number, options?: PruneOptions): void
  /** A foreign key looks for referring rows without an index. Used with `.not`, on a recording or one of its statements. */
  toCascadeWithoutIndex(): void
  /** The share of lookups that found something is within the bounds, per key and per field of a hash. Nothing looked up is an error. */
  toHaveCacheHitRatio(bounds: HitRatioBounds, options?: LookupOptions): void
  /** So many lookups found something. */
  toHaveCacheHits(range?: CountRange, options?: LookupOptions): void
  /** So many lookups found nothing; the message tells why. */
  toHaveCacheMisses(range?: CountRange, options?: LookupOptions): void
  /** The answer came from this layer, and none behind it was asked. */
  toBeServedFrom(layer: ServingLayer): void
  /** Every key that missed was loaded by a statement and then written once, with a TTL; with `.not` none was. */
  toPopulateCache(keys: KeyList, options?: PopulateOptions): void
  /** What is not there is asked of Postgres once, then remembered until it is written. */
  toCacheAbsence(options?: CacheAbsenceOptions): void
  /** A filter holds back what is not there, but for a share of false positives, and nothing that is there. */
  toBlockPenetration(options: PenetrationOptions): void
  /** Every key of the snapshot expires, within the bounds; with `.not` none does. */
  toHaveTtl(bounds?: TtlBounds): void
  /** Every cached key holds what its loader gives now. */
  toBeCoherent(): void
  /** Every key of the list is still there after the measured work; with `.not` none is. */
  toRetain(keys: KeyList): void
  /** So many keys were evicted meanwhile, at least 1 when nothing is said. */
  toEvict(range?: CountRange): void
  /** The memory has grown by, or the keys of the snapshot take, no more than so many bytes. */
  toStayWithinMemory(bytes: number): void
  /** A count has fallen by this share of what it was in another recording. */
  toReduce(measure: RecordingMeasure, reduction: Reduction): void
  /** So many times an answer was waited for: what is sent together counts once. */
  toHaveRoundTrips(bounds: RoundTripBounds): void
  /** At no time more than so many were on their way, or between taking a lock and giving it back. */
  toHaveMaxConcurrency(match: Match | CriticalSection, most: number): void
  /** Every statement that the match means went to the primary, or to replicas; with `.not` none did. */
  toReadFrom(server: PostgresRole, match: Match): void
  /** What was written and committed was read from a server that had it. */
  toReadYourWrites(): void
  /** Every value is smaller than so many bytes: stored, or written and read. */
  toHaveValuesUnder(bytes: number, options?: ValuesOptions): void
  /** No more than this share of the keys expires within any window of this length. */
  toSpreadExpiry(bounds: SpreadBounds): void
  /** Every key of the snapshot expires at some time. */
  toHaveNoPersistentKeys(options?: PersistentKeysOptions): void
  /** Every key of the list was deleted, overwritten or expired after the COMMIT of what was written; with `.not` none was. */
  toInvalidate(keys: KeyList, options?: InvalidateOptions): void
  /** Keys of the list were invalidated, and no others taken away. */
  toInvalidateOnly(keys: KeyList): void
  /** It was there just before the end of this life, and gone at its end: `('5m')`, on what `suite.clock.probeExpiry` gave. */
  toExpireAfter(duration: Duration): void
  /** Exactly `limit` are accepted in a window, and again in the next, on what `suite.clock.probeRateLimit` gave. */
  toEnforceRateLimit(rate: RateLimit): void
  /** The other of two loads is so many times as fast as this one: `('a', { ratio: 2 })`, on what `suite.compareLoad` gave. */
  toBeFasterThan(baseline: 'a' | 'b', options?: FasterOptions): void
  /** So many requests a second held while the knee was searched: `('150/s')`, on what `suite.findKnee` gave. */
  toHandle(rate: Rate): void
  /** Every bound of a load holds, in k6's syntax: `({ 'p(95)': '<200', 'errors.rate': '<0.01', 'postgres.share': '<0.5' })`. */
  toMeetThresholds(thresholds: Thresholds): void
  /** So many SQL statements were executed, at least 1 when nothing is said. */
  toExecuteStatements(range?: CountRange): void
  /** So many SQL statements that the match means were executed, at least 1 when nothing is said: `('UPDATE seats', 1)`. */
  toExecuteStatements(match: Match, range?: CountRange): void
  /** So many Redis commands were sent, at least 1 when nothing is said. */
  toSendCommands(range?: CountRange): void
  /** So many Redis commands that the match means were sent, at least 1 when nothing is said: `('GET user:*', { max: 2 })`. */
  toSendCommands(match: Match, range?: CountRange): void
  /** One statement is executed several times with different values: N+1. Mostly used with `.not`. */
  toRepeatStatement(options?: RepeatOptions): void
  /** So many connections were open at the same time. */
  toHavePeakConnections(range: CountRange, options?: PeakConnectionsOptions): void
  /** Every instance of the application gave the same answer to each request of `app.compareInstances`. */
  toAnswerAlike(): void
  /** The invariant of the race held after every commit. `name` says what it is about. */
  toPreserve(name?: string): void
  /** No more participants were accepted than that: `({ capacity: 1 })`; and the invariant held, where there is one. */
  toNeverOversell(options: OversellOptions): void
  /** All callers of the stampede shared one load. */
  toCoalesce(options?: CoalesceOptions): void
  /** A fill survived whose source was read before the last invalidation. Used with `.not`. */
  toServeStale(): void
  /** A request whose commit was cut happened once, whether the server had carried it out or not. */
  toBeIdempotent(effect?: string): void
  /** The write of a holder that had outlived its lease was refused. On a race of `suite.outliveLease`. */
  toBeFenced(options?: FencingOptions): void
  /** The server ended no statement with 40P01. */
  toAvoidDeadlock(): void
  /** What failed with 40001 or 40P01 was tried again as a whole until it committed: `({ times: 2 })`. */
  toRetry(expectation?: RetryExpectation): void
  /** Calls that failed were tried again so often, in their time, and safely: `({ match: 'GET /shipments/:id', times: 2 })`. */
  toRetry(expectation: CallRetryExpectation): void
  /** So many calls of upstreams were made, at least 1 when nothing is said. */
  toCallUpstream(range?: CountRange): void
  /** So many calls that the match means were made, at least 1 when nothing is said: `('POST /charges', 1)`. */
  toCallUpstream(match: Match, range?: CountRange): void
  /** Of operations that failed at most so many reached the wire, and then none: `({ after: 3 })`. On a run of `suite.repeat`. */
  toOpenCircuit(expectation: CircuitExpectation): void
  /** Of operations that were tried at once one reached the wire. On a run of `suite.repeat`, after the breaker's time is over. */
  toProbeOnce(expectation?: ProbeExpectation): void
  /** Nobody who shared the pool waited for a connection that another held. On a run of `suite.holdAndWait`. */
  toAvoidPoolDeadlock(): void
  /** Without its guard the operation was refused, and nothing was committed. On a run of `outage.record`. */
  toFailClosed(): void
  /** Without its guard the operation was let through. On a run of `outage.record`. */
  toFailOpen(): void
  /** Everybody was served although the store was out: `({ to: 'postgres' })`. On a run of `outage.record`. */
  toFallBack(options?: FallBackOptions): void
  /** The application came back by itself, after at most so many requests that failed: `({ within: 1 })`. On what `suite.recover` gave. */
  toRecover(bounds?: RecoverBounds): void
  /** Everybody settled within so many milliseconds although the store was out. On a run of `outage.record`. */
  toSettleWithin(ms: number): void
  /** The schema has defects: unindexed foreign keys, duplicate indexes … Mostly used with `.not`. */
  toHaveSchemaFindings(options?: SchemaFindingsOptions): void
  /** Less than so many percent of each table is dead rows or free space. */
  toHaveBloatBelow(percent: number, options?: BloatOptions): void
  /** No set of values suffers from the generic plan that a prepared statement goes over to. */
  toBeStable(bounds?: StabilityBounds): void
  /** The work grows no faster with the size than the law says: every count, or those named. */
  toGrowAtMost(law: GrowthLaw, bounds?: GrowthBounds): void
  /** The forecast plan is the same at every size, for every set of values. */
  toKeepItsPlan(options?: KeepOptions): void
  /** The forecast plan flips only above so many rows, or never: `({ orders: 5_000_000 })`. */
  toFlipAbove(rows: Readonly<Record<string, number>>): void
  /** So many jobs have not ended. */
  toHaveQueueDepth(range: CountRange, options?: QueueOptions): void
  /** Every job has ended well: none is left, none has failed for good. */
  toDrain(options?: QueueOptions): void
  /** Jobs have failed for good, each after exactly so many attempts and with a reason: `({ after: 3 })`. */
  toDeadLetter(expected: DeadLetterExpectation): void
  /** At no time were more than so many jobs of a queue active. */
  toHaveMaxActiveJobs(most: number, options?: QueueOptions): void
  /** Rows are written in batches: no more statements than they need, for each table. */
  toBatch(expected: BatchExpectation): void
}
