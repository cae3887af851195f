import { isClockAdvance } from '../../clock/clock-advance.js'
import { isExpiryProbe } from '../../clock/expiry-probe.js'
import { isRateLimitProbe } from '../../clock/rate-limit-probe.js'
import { isLoadComparison } from '../../load/load-comparison.js'
import { isLoadReport } from '../../load/load-report.js'
import { HotbedError } from '../../primitives/error.js'
import { isCacheComparison } from '../../keyspace/cache-comparison.js'
import { isKeyspaceSnapshot, type KeyspaceSnapshot } from '../../keyspace/keyspace-snapshot.js'
import { isMemoryMeasurement, type MemoryMeasurement } from '../../keyspace/memory-measurement.js'
import { isPlan } from '../../plan/plan.js'
import { isPlanStability } from '../../plan/stability/plan-stability.js'
import { isPlanGrowth } from '../../plan/growth/plan-growth.js'
import { isWorkGrowth } from '../../plan/growth/work-growth.js'
import { isSchemaInspection } from '../../schema-check/schema-inspection.js'
import { isQueueSnapshot } from '../../queues/queue-snapshot.js'
import { isExploration } from '../../wire/recording/exploration.js'
import { isRecording, isStatement } from '../../wire/recording/recording.js'

/**
 * The keys that a matcher was given.
 *
 * @throws {HotbedError} `ERR_HOTBED_EVIDENCE`, with and without `.not`, when it is anything else
 */
export function readKeyspace(received: unknown, matcher: string): KeyspaceSnapshot {
  if (isKeyspaceSnapshot(received)) return received
  throw wrongEvidence(received, matcher, 'the keys of a Redis', "const keys = await redis.inspect('product:*')")
}

/**
 * The measured memory that a matcher was given.
 *
 * @throws {HotbedError} `ERR_HOTBED_EVIDENCE`, with and without `.not`, when it is anything else
 */
export function readMemory(received: unknown, matcher: string): MemoryMeasurement {
  if (isMemoryMeasurement(received)) return received
  throw wrongEvidence(received, matcher, 'the memory of a Redis', 'const memory = await redis.measureMemory(() => …)')
}

/**
 * For evidence that proves nothing either way. It is thrown, not returned as a verdict, because a verdict would be a pass for one of
 * `expect(x)` and `expect(x).not`.
 */
export function unjudgeable(lines: readonly string[], remedy: string): HotbedError {
  return new HotbedError('ERR_HOTBED_EVIDENCE', { message: lines.join('\n'), remedy })
}

/** For anything that is not what the matcher judges. `verb` is how such a thing is had. */
export function wrongEvidence(received: unknown, matcher: string, wanted: string, verb: string): HotbedError {
  if (received instanceof Promise) {
    return unjudgeable([`${matcher} judges ${wanted}, and was given a promise.`], `Await it first: ${verb}`)
  }
  return unjudgeable([`${matcher} judges ${wanted}, and was given ${describeEvidence(received)}.`], `Get one by: ${verb}`)
}

function describeEvidence(received: unknown): string {
  if (isPlan(received)) return 'a plan'
  if (isKeyspaceSnapshot(received)) return 'the keys of a Redis'
  if (isCacheComparison(received)) return 'a cache beside its source'
  if (isMemoryMeasurement(received)) return 'the memory of a Redis'
  if (isRecording(received)) return 'a recording'
  if (isExploration(received)) return 'an exploration'
  if (isSchemaInspection(received)) return 'the inspection of a schema'
  if (isStatement(received)) return 'a statement'
  if (isPlanGrowth(received)) return 'the growth of a plan'
  if (isWorkGrowth(received)) return 'the growth of work'
  if (isLoadComparison(received)) return 'the comparison of two loads'
  if (isLoadReport(received)) return 'the report of a load'
  if (isPlanStability(received)) return 'the plans of several sets of values'
  if (isQueueSnapshot(received)) return 'queues'
  if (isClockAdvance(received)) return 'a jump of the clock'
  if (isExpiryProbe(received)) return 'the probe of an expiry'
  if (isRateLimitProbe(received)) return 'the probe of a rate limit'
  if (typeof received === 'string') return `the text ${JSON.stringify(received.length > 60 ? `${received.slice(0, 57)}…` : received)}`
  if (typeof received === 'function') return 'a function'
  if (Array.isArray(received)) return `an array of ${received.length}`
  if (typeof received !== 'object' || received === null) return String(received)
  return `an object with ${Object.keys(received).slice(0, 5).join(', ') || 'nothing in it'}`
}
