import type { TtlBounds } from './cache/to-have-ttl.js'
import type { StabilityBounds } from './plan/to-be-stable.js'
import type { GrowthLaw } from '../plan/growth/fit.js'
import type { GrowthBounds } from './plan/to-grow-at-most.js'
import type { IndexDescription } from './plan/wanted-index.js'
import type { Match } from '../wire/match.js'
import type { CountRange } from './recording/count-range.js'
import type { PeakConnectionsOptions } from './recording/to-have-peak-connections.js'
import type { RepeatOptions } from './recording/to-repeat-statement.js'

/**
 * What `expect(evidence)` gets. All of them are synchronous, and there are no type parameters: one augmentation of `Matchers`,
 * `interface Matchers extends HotbedMatchers {}`, serves every version of vitest.
 */
export interface HotbedMatchers {
  /** The plan finds rows by this index: its name, or its table and leading columns. */
  toUseIndex(index: string | IndexDescription): void
  /** The plan reads the table, or any table, from end to end. Mostly used with `.not`. */
  toSeqScan(table?: string): void
  /** Every key of the snapshot expires, within the bounds; with `.not` none does. */
  toHaveTtl(bounds?: TtlBounds): void
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
  /** No set of values suffers from the generic plan that a prepared statement goes over to. */
  toBeStable(bounds?: StabilityBounds): void
  /** The work grows no faster with the size than the law says: every count, or those named. */
  toGrowAtMost(law: GrowthLaw, bounds?: GrowthBounds): void
  /** The forecast plan is the same at every size, for every set of values. */
  toKeepItsPlan(): void
  /** The forecast plan flips only above so many rows, or never: `({ orders: 5_000_000 })`. */
  toFlipAbove(rows: Readonly<Record<string, number>>): void
}
