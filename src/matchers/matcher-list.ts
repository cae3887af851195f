import { toHaveCacheHitRatio } from './cache/to-have-cache-hit-ratio.js'
import { toHaveCacheHits } from './cache/to-have-cache-hits.js'
import { toHaveCacheMisses } from './cache/to-have-cache-misses.js'
import { toBeServedFrom } from './cache/to-be-served-from.js'
import { toPopulateCache } from './cache/to-populate-cache.js'
import { toCacheAbsence } from './cache/to-cache-absence.js'
import { toBlockPenetration } from './cache/to-block-penetration.js'
import { toHaveTtl } from './cache/to-have-ttl.js'
import { toBeCoherent } from './cache/to-be-coherent.js'
import { toRetain } from './cache/to-retain.js'
import { toEvict } from './cache/to-evict.js'
import { toStayWithinMemory } from './cache/to-stay-within-memory.js'
import { toReduce } from './recording/to-reduce.js'
import { toHaveRoundTrips } from './recording/to-have-round-trips.js'
import { toReadFrom } from './replicas/to-read-from.js'
import { toReadYourWrites } from './replicas/to-read-your-writes.js'
import { toHaveMaxConcurrency } from './recording/to-have-max-concurrency.js'
import { toHaveValuesUnder } from './cache/to-have-values-under.js'
import { toSpreadExpiry } from './cache/to-spread-expiry.js'
import { toHaveNoPersistentKeys } from './cache/to-have-no-persistent-keys.js'
import { toInvalidate } from './cache/to-invalidate.js'
import { toInvalidateOnly } from './cache/to-invalidate-only.js'
import { toEnforceRateLimit } from './clock/to-enforce-rate-limit.js'
import { toBeFasterThan } from './load/to-be-faster-than.js'
import { toHandle } from './load/to-handle.js'
import { toMeetThresholds } from './load/to-meet-thresholds.js'
import { toExpireAfter } from './clock/to-expire-after.js'
import { toAvoidPoolDeadlock } from './faults/to-avoid-pool-deadlock.js'
import { toFailClosed } from './faults/to-fail-closed.js'
import { toFailOpen } from './faults/to-fail-open.js'
import { toFallBack } from './faults/to-fall-back.js'
import { toRecover } from './faults/to-recover.js'
import { toSettleWithin } from './faults/to-settle-within.js'
import { toHaveSmells } from './plan/to-have-smells.js'
import { toCascadeWithoutIndex } from './plan/to-cascade-without-index.js'
import { toEstimateRowsWithin } from './plan/to-estimate-rows-within.js'
import { toExamineAtMostRows } from './plan/to-examine-at-most-rows.js'
import { toPrunePartitionsTo } from './plan/to-prune-partitions-to.js'
import { toReadAtMostBuffers } from './plan/to-read-at-most-buffers.js'
import { toSort } from './plan/to-sort.js'
import { toSpillToDisk } from './plan/to-spill-to-disk.js'
import { toUseIndexOnlyScan } from './plan/to-use-index-only-scan.js'
import { toBeStable } from './plan/to-be-stable.js'
import { toGrowAtMost } from './plan/to-grow-at-most.js'
import { toFlipAbove } from './plan/to-flip-above.js'
import { toKeepItsPlan } from './plan/to-keep-its-plan.js'
import { toSeqScan } from './plan/to-seq-scan.js'
import { toUseIndex } from './plan/to-use-index.js'
import { toAnswerAlike } from './apps/to-answer-alike.js'
import { toPreserve } from './races/to-preserve.js'
import { toNeverOversell } from './races/to-never-oversell.js'
import { toCoalesce } from './races/to-coalesce.js'
import { toServeStale } from './races/to-serve-stale.js'
import { toBeIdempotent } from './races/to-be-idempotent.js'
import { toBeFenced } from './races/to-be-fenced.js'
import { toAvoidDeadlock } from './races/to-avoid-deadlock.js'
import { toRetry } from './races/to-retry.js'
import { toDeadLetter } from './queues/to-dead-letter.js'
import { toDrain } from './queues/to-drain.js'
import { toHaveMaxActiveJobs } from './queues/to-have-max-active-jobs.js'
import { toHaveQueueDepth } from './queues/to-have-queue-depth.js'
import { toBatch } from './recording/to-batch.js'
import { toExecuteStatements } from './recording/to-execute-statements.js'
import { toCallUpstream } from './faults/to-call-upstream.js'
import { toOpenCircuit } from './faults/to-open-circuit.js'
import { toProbeOnce } from './faults/to-probe-once.js'
import { toHavePeakConnections } from './recording/to-have-peak-connections.js'
import { toRepeatStatement } from './recording/to-repeat-statement.js'
import { toSendCommands } from './recording/to-send-commands.js'
import { toHaveBloatBelow } from './schema/to-have-bloat-below.js'
import { toHaveSchemaFindings } from './schema/to-have-schema-findings.js'

/** All matchers, for `expect.extend(matchers)` of vitest or jest. */
export const matchers: {
  readonly toHaveCacheHitRatio: typeof toHaveCacheHitRatio
  readonly toHaveCacheHits: typeof toHaveCacheHits
  readonly toHaveCacheMisses: typeof toHaveCacheMisses
  readonly toBeServedFrom: typeof toBeServedFrom
  readonly toPopulateCache: typeof toPopulateCache
  readonly toCacheAbsence: typeof toCacheAbsence
  readonly toBlockPenetration: typeof toBlockPenetration
  readonly toHaveTtl: typeof toHaveTtl
  readonly toBeCoherent: typeof toBeCoherent
  readonly toRetain: typeof toRetain
  readonly toEvict: typeof toEvict
  readonly toStayWithinMemory: typeof toStayWithinMemory
  readonly toReduce: typeof toReduce
  readonly toHaveRoundTrips: typeof toHaveRoundTrips
  readonly toReadFrom: typeof toReadFrom
  readonly toReadYourWrites: typeof toReadYourWrites
  readonly toHaveMaxConcurrency: typeof toHaveMaxConcurrency
  readonly toHaveValuesUnder: typeof toHaveValuesUnder
  readonly toSpreadExpiry: typeof toSpreadExpiry
  readonly toHaveNoPersistentKeys: typeof toHaveNoPersistentKeys
  readonly toInvalidate: typeof toInvalidate
  readonly toInvalidateOnly: typeof toInvalidateOnly
  readonly toExpireAfter: typeof toExpireAfter
  readonly toEnforceRateLimit: typeof toEnforceRateLimit
  readonly toBeFasterThan: typeof toBeFasterThan
  readonly toHandle: typeof toHandle
  readonly toMeetThresholds: typeof toMeetThresholds
  readonly toHaveSmells: typeof toHaveSmells
  readonly toCascadeWithoutIndex: typeof toCascadeWithoutIndex
  readonly toEstimateRowsWithin: typeof toEstimateRowsWithin
  readonly toExamineAtMostRows: typeof toExamineAtMostRows
  readonly toPrunePartitionsTo: typeof toPrunePartitionsTo
  readonly toReadAtMostBuffers: typeof toReadAtMostBuffers
  readonly toSort: typeof toSort
  readonly toSpillToDisk: typeof toSpillToDisk
  readonly toUseIndexOnlyScan: typeof toUseIndexOnlyScan
  readonly toBeStable: typeof toBeStable
  readonly toGrowAtMost: typeof toGrowAtMost
  readonly toFlipAbove: typeof toFlipAbove
  readonly toKeepItsPlan: typeof toKeepItsPlan
  readonly toSeqScan: typeof toSeqScan
  readonly toUseIndex: typeof toUseIndex
  readonly toAnswerAlike: typeof toAnswerAlike
  readonly toPreserve: typeof toPreserve
  readonly toNeverOversell: typeof toNeverOversell
  readonly toCoalesce: typeof toCoalesce
  readonly toServeStale: typeof toServeStale
  readonly toBeIdempotent: typeof toBeIdempotent
  readonly toBeFenced: typeof toBeFenced
  readonly toAvoidDeadlock: typeof toAvoidDeadlock
  readonly toRetry: typeof toRetry
  readonly toCallUpstream: typeof toCallUpstream
  readonly toOpenCircuit: typeof toOpenCircuit
  readonly toProbeOnce: typeof toProbeOnce
  readonly toDeadLetter: typeof toDeadLetter
  readonly toDrain: typeof toDrain
  readonly toHaveMaxActiveJobs: typeof toHaveMaxActiveJobs
  readonly toHaveQueueDepth: typeof toHaveQueueDepth
  readonly toBatch: typeof toBatch
  readonly toExecuteStatements: typeof toExecuteStatements
  readonly toHavePeakConnections: typeof toHavePeakConnections
  readonly toRepeatStatement: typeof toRepeatStatement
  readonly toSendCommands: typeof toSendCommands
  readonly toAvoidPoolDeadlock: typeof toAvoidPoolDeadlock
  readonly toFailClosed: typeof toFailClosed
  readonly toFailOpen: typeof toFailOpen
  readonly toFallBack: typeof toFallBack
  readonly toRecover: typeof toRecover
  readonly toSettleWithin: typeof toSettleWithin
  readonly toHaveBloatBelow: typeof toHaveBloatBelow
  readonly toHaveSchemaFindings: typeof toHaveSchemaFindings
} = {
  toHaveCacheHitRatio,
  toHaveCacheHits,
  toHaveCacheMisses,
  toBeServedFrom,
  toPopulateCache,
  toCacheAbsence,
  toBlockPenetration,
  toHaveTtl,
  toBeCoherent,
  toRetain,
  toEvict,
  toStayWithinMemory,
  toReduce,
  toHaveRoundTrips,
  toReadFrom,
  toReadYourWrites,
  toHaveMaxConcurrency,
  toHaveValuesUnder,
  toSpreadExpiry,
  toHaveNoPersistentKeys,
  toInvalidate,
  toInvalidateOnly,
  toExpireAfter,
  toEnforceRateLimit,
  toBeFasterThan,
  toHandle,
  toMeetThresholds,
  toHaveSmells,
  toCascadeWithoutIndex,
  toEstimateRowsWithin,
  toExamineAtMostRows,
  toPrunePartitionsTo,
  toReadAtMostBuffers,
  toSort,
  toSpillToDisk,
  toUseIndexOnlyScan,
  toBeStable,
  toGrowAtMost,
  toFlipAbove,
  toKeepItsPlan,
  toSeqScan,
  toUseIndex,
  toAnswerAlike,
  toPreserve,
  toNeverOversell,
  toCoalesce,
  toServeStale,
  toBeIdempotent,
  toBeFenced,
  toAvoidDeadlock,
  toRetry,
  toCallUpstream,
  toOpenCircuit,
  toProbeOnce,
  toDeadLetter,
  toDrain,
  toHaveMaxActiveJobs,
  toHaveQueueDepth,
  toBatch,
  toExecuteStatements,
  toHavePeakConnections,
  toRepeatStatement,
  toSendCommands,
  toAvoidPoolDeadlock,
  toFailClosed,
  toFailOpen,
  toFallBack,
  toRecover,
  toSettleWithin,
  toHaveBloatBelow,
  toHaveSchemaFindings,
}
