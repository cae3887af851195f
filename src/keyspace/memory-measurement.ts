import type { KeyspaceKey, KeyspaceSnapshot } from './keyspace-snapshot.js'

/** What a server said of its memory. */
export interface MemoryState {
  /** `used_memory`: all that it has allocated, buffers of connections included. */
  readonly usedBytes: number
  /** Of these, what connections take: the sum of `tot-mem` of CLIENT LIST. 0 before Redis 6.2, which does not tell. */
  readonly connectionBytes: number
  /** `evicted_keys` and `expired_keys` since it started. */
  readonly evicted: number
  readonly expired: number
}

/** The keys that match a glob, before and after. */
export interface MeasuredPattern {
  readonly pattern: string
  /** Names, in their order. */
  readonly before: readonly string[]
  readonly after: KeyspaceSnapshot
}

/** Evidence of `redis.measureMemory`: what some work has cost in memory. Immutable. */
export interface MemoryMeasurement<Result = unknown> {
  readonly kind: 'memory'
  /** What the function gave back. */
  readonly result: Result
  readonly before: MemoryState
  readonly after: MemoryState
  /** By how much `used_memory` without connections has grown; below 0 when it shrank. */
  readonly grownBytes: number
  /** Keys that were evicted, and that expired, meanwhile. */
  readonly evicted: number
  readonly expired: number
  /** `maxmemory`; 0 for none. */
  readonly maxBytes: number
  /** `maxmemory-policy`: `noeviction`, `allkeys-lru` … */
  readonly policy: string
  readonly patterns: readonly MeasuredPattern[]
  /** Those that take most memory now, largest first. */
  readonly largest: readonly KeyspaceKey[]
  /** A table. */
  readonly toString: () => string
}

const LARGEST = 10

export function makeMemoryMeasurement<Result>(
  facts: Pick<MemoryMeasurement<Result>, 'result' | 'before' | 'after' | 'maxBytes' | 'policy' | 'patterns'>,
): MemoryMeasurement<Result> {
  const { before, after, patterns } = facts
  const keys = new Map(patterns.flatMap((one) => one.after.keys.map((key) => [key.key, key] as const)))
  const measurement = {
    kind: 'memory' as const,
    ...facts,
    grownBytes: after.usedBytes - after.connectionBytes - (before.usedBytes - before.connectionBytes),
    evicted: after.evicted - before.evicted,
    expired: after.expired - before.expired,
    largest: Object.freeze([...keys.values()].toSorted((a, b) => (b.bytes ?? 0) - (a.bytes ?? 0)).slice(0, LARGEST)),
  }
  // Not enumerable, so that the measurement stays plain data to `toEqual` and structuredClone.
  Object.defineProperty(measurement, 'toString', { value: (): string => memoryLines(measurement).join('\n') })
  return Object.freeze(measurement)
}

/** True for a `MemoryMeasurement`, also one made by another copy of the package. */
export function isMemoryMeasurement(value: unknown): value is MemoryMeasurement {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'memory' && 'grownBytes' in value
}

const SHOWN = 3

/** What was there before and after, by pattern, and the largest keys. */
export function memoryLines(measurement: Omit<MemoryMeasurement, 'toString'>): readonly string[] {
  const { before, after, evicted, expired, maxBytes, policy, patterns, largest } = measurement
  const limit = maxBytes === 0 ? 'no maxmemory' : `maxmemory ${count(maxBytes)} bytes, ${policy}`
  return [
    `used_memory ${count(before.usedBytes)} → ${count(after.usedBytes)} bytes, of these connections ${count(before.connectionBytes)} → ${count(after.connectionBytes)} (${limit}); ${count(evicted)} evicted, ${count(expired)} expired`,
    ...patterns.map(
      ({ pattern, before: names, after: keys }) =>
        `keys like '${pattern}': ${count(names.length)} → ${count(keys.totals.keys)}, which take ${count(keys.totals.bytes)} bytes`,
    ),
    ...largest.slice(0, SHOWN).map(({ key, type, bytes }) => `  ${key}  ${bytes === undefined ? '' : `${count(bytes)} bytes  `}(${type})`),
  ]
}

function count(value: number): string {
  return value.toLocaleString('en-US')
}
