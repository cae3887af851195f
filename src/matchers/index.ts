import { toHaveTtl } from './cache/to-have-ttl.js'
import { toBeStable } from './plan/to-be-stable.js'
import { toGrowAtMost } from './plan/to-grow-at-most.js'
import { toFlipAbove } from './plan/to-flip-above.js'
import { toKeepItsPlan } from './plan/to-keep-its-plan.js'
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
export { toBeStable, type StabilityBounds } from './plan/to-be-stable.js'
export { toGrowAtMost, type GrowthBounds } from './plan/to-grow-at-most.js'
export { toFlipAbove } from './plan/to-flip-above.js'
export { toKeepItsPlan } from './plan/to-keep-its-plan.js'
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
  readonly toHaveTtl: typeof toHaveTtl
  readonly toExecuteStatements: typeof toExecuteStatements
  readonly toSendCommands: typeof toSendCommands
  readonly toRepeatStatement: typeof toRepeatStatement
  readonly toHavePeakConnections: typeof toHavePeakConnections
  readonly toBeStable: typeof toBeStable
  readonly toGrowAtMost: typeof toGrowAtMost
  readonly toKeepItsPlan: typeof toKeepItsPlan
  readonly toFlipAbove: typeof toFlipAbove
} = {
  toUseIndex,
  toSeqScan,
  toHaveTtl,
  toExecuteStatements,
  toSendCommands,
  toRepeatStatement,
  toHavePeakConnections,
  toBeStable,
  toGrowAtMost,
  toKeepItsPlan,
  toFlipAbove,
}
