import type { matchers } from '../matchers/index.js'
import { loadMatchers } from './load-matchers.js'

type Matchers = typeof matchers

/** All of them, known before they are loaded. That none is missing is checked by the compiler. */
const NAMES: Readonly<Record<keyof Matchers, true>> = {
  toAnswerAlike: true,
  toAvoidDeadlock: true,
  toBatch: true,
  toAvoidPoolDeadlock: true,
  toBeCoherent: true,
  toBeFenced: true,
  toBeIdempotent: true,
  toBeServedFrom: true,
  toBeStable: true,
  toBlockPenetration: true,
  toCallUpstream: true,
  toCacheAbsence: true,
  toCascadeWithoutIndex: true,
  toCoalesce: true,
  toDeadLetter: true,
  toDrain: true,
  toEnforceRateLimit: true,
  toEstimateRowsWithin: true,
  toEvict: true,
  toExamineAtMostRows: true,
  toExecuteStatements: true,
  toExpireAfter: true,
  toFailClosed: true,
  toFailOpen: true,
  toFallBack: true,
  toFlipAbove: true,
  toGrowAtMost: true,
  toHaveBloatBelow: true,
  toHaveCacheHitRatio: true,
  toHaveCacheHits: true,
  toHaveCacheMisses: true,
  toHaveMaxActiveJobs: true,
  toHaveMaxConcurrency: true,
  toHaveNoPersistentKeys: true,
  toHavePeakConnections: true,
  toHaveQueueDepth: true,
  toHaveRoundTrips: true,
  toHaveSchemaFindings: true,
  toHaveSmells: true,
  toHaveTtl: true,
  toHaveValuesUnder: true,
  toBeFasterThan: true,
  toHandle: true,
  toMeetThresholds: true,
  toInvalidate: true,
  toInvalidateOnly: true,
  toKeepItsPlan: true,
  toNeverOversell: true,
  toOpenCircuit: true,
  toPopulateCache: true,
  toPreserve: true,
  toProbeOnce: true,
  toPrunePartitionsTo: true,
  toReadFrom: true,
  toReadYourWrites: true,
  toReadAtMostBuffers: true,
  toRecover: true,
  toReduce: true,
  toRepeatStatement: true,
  toRetain: true,
  toRetry: true,
  toSendCommands: true,
  toSeqScan: true,
  toServeStale: true,
  toSettleWithin: true,
  toSort: true,
  toSpillToDisk: true,
  toSpreadExpiry: true,
  toStayWithinMemory: true,
  toUseIndex: true,
  toUseIndexOnlyScan: true,
}

/** Matchers that load what they are when they are used for the first time. */
export function createLazyMatchers(): Matchers {
  const lazy = Object.keys(NAMES).map((name) => [name, createLazyMatcher(name as keyof Matchers)] as const)
  return Object.fromEntries(lazy) as Matchers
}

function createLazyMatcher(name: keyof Matchers): (this: unknown, ...args: readonly unknown[]) => unknown {
  return function (this: unknown, ...args) {
    return Reflect.apply(loadMatchers().matchers[name], this, args)
  }
}
