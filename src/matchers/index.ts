import { toHaveTtl } from './cache/to-have-ttl.js'
import { toCascadeWithoutIndex } from './plan/to-cascade-without-index.js'
import { toEstimateRowsWithin } from './plan/to-estimate-rows-within.js'
import { toExamineAtMostRows } from './plan/to-examine-at-most-rows.js'
import { toPrunePartitionsTo } from './plan/to-prune-partitions-to.js'
import { toReadAtMostBuffers } from './plan/to-read-at-most-buffers.js'
import { toSort } from './plan/to-sort.js'
import { toSpillToDisk } from './plan/to-spill-to-disk.js'
import { toUseIndexOnlyScan } from './plan/to-use-index-only-scan.js'
import { toSeqScan } from './plan/to-seq-scan.js'
import { toUseIndex } from './plan/to-use-index.js'
import { toExecuteStatements } from './recording/to-execute-statements.js'
import { toHavePeakConnections } from './recording/to-have-peak-connections.js'
import { toRepeatStatement } from './recording/to-repeat-statement.js'
import { toSendCommands } from './recording/to-send-commands.js'

export type { Duration } from '../primitives/duration.js'
export { toHaveTtl, type TtlBounds } from './cache/to-have-ttl.js'
export type { HotbedMatchers } from './matchers.js'
export type { MatcherVerdict } from './message/verdict.js'
export type { MatcherContext } from './plan/judge-plans.js'
export { toCascadeWithoutIndex } from './plan/to-cascade-without-index.js'
export { toEstimateRowsWithin } from './plan/to-estimate-rows-within.js'
export { toExamineAtMostRows, type ExamineBudget } from './plan/to-examine-at-most-rows.js'
export { toPrunePartitionsTo, type PruneOptions } from './plan/to-prune-partitions-to.js'
export { toReadAtMostBuffers } from './plan/to-read-at-most-buffers.js'
export { toSort, type SortOptions } from './plan/to-sort.js'
export { toSpillToDisk } from './plan/to-spill-to-disk.js'
export { toUseIndexOnlyScan } from './plan/to-use-index-only-scan.js'
export { printPlanSnapshot, type PlanSnapshotOptions } from './plan/plan-snapshot.js'
export { toSeqScan } from './plan/to-seq-scan.js'
export { toUseIndex } from './plan/to-use-index.js'
export type { IndexDescription } from './plan/wanted-index.js'
export type { Match, MatchPredicate, MatchSubject, RedisMatch, SqlMatch } from '../wire/match.js'
export type { CountRange } from './recording/count-range.js'
export { toExecuteStatements } from './recording/to-execute-statements.js'
export { toHavePeakConnections, type PeakConnectionsOptions } from './recording/to-have-peak-connections.js'
export { toRepeatStatement, type RepeatOptions } from './recording/to-repeat-statement.js'
export { toSendCommands } from './recording/to-send-commands.js'
export { printWireSnapshot, type WireSnapshotOptions } from './recording/wire-snapshot.js'

/** All matchers, for `expect.extend(matchers)` of vitest or jest. */
export const matchers: {
  readonly toUseIndex: typeof toUseIndex
  readonly toSeqScan: typeof toSeqScan
  readonly toUseIndexOnlyScan: typeof toUseIndexOnlyScan
  readonly toReadAtMostBuffers: typeof toReadAtMostBuffers
  readonly toExamineAtMostRows: typeof toExamineAtMostRows
  readonly toSpillToDisk: typeof toSpillToDisk
  readonly toSort: typeof toSort
  readonly toEstimateRowsWithin: typeof toEstimateRowsWithin
  readonly toPrunePartitionsTo: typeof toPrunePartitionsTo
  readonly toCascadeWithoutIndex: typeof toCascadeWithoutIndex
  readonly toHaveTtl: typeof toHaveTtl
  readonly toExecuteStatements: typeof toExecuteStatements
  readonly toSendCommands: typeof toSendCommands
  readonly toRepeatStatement: typeof toRepeatStatement
  readonly toHavePeakConnections: typeof toHavePeakConnections
} = {
  toUseIndex,
  toSeqScan,
  toUseIndexOnlyScan,
  toReadAtMostBuffers,
  toExamineAtMostRows,
  toSpillToDisk,
  toSort,
  toEstimateRowsWithin,
  toPrunePartitionsTo,
  toCascadeWithoutIndex,
  toHaveTtl,
  toExecuteStatements,
  toSendCommands,
  toRepeatStatement,
  toHavePeakConnections,
}
