import { formatDuration, readDuration, type Duration } from '../../primitives/duration.js'
import { checkOptionNames, wrongOption } from '../../primitives/options.js'
import type { KeyspaceKey } from '../../keyspace/keyspace-snapshot.js'
import { readKeyspace } from '../message/evidence.js'
import { isNegated, makeVerdict, type MatcherVerdict } from '../message/verdict.js'
import { countKeys, keyLines, persistentLines, requireKeys } from './key-lines.js'

/** Between which bounds a remaining life shall lie; both belong to it. */
export interface TtlBounds {
  /**
   * Seconds, or a text such as `'5m'`. In whole seconds it is compared with the remaining life rounded up to a whole second,
   * so that a key just written with `EX 60` has its 60 seconds.
   * @default any
   */
  readonly min?: Duration
  /** Seconds, or a text such as `'5m'`. @default any */
  readonly max?: Duration
}

/**
 * Passes when every key of the snapshot expires, within the bounds where they are given. With `.not` no key may.
 *
 * @param this what `expect` passes: `.not` is about every key as well, so it is no mere negation
 * @throws {HotbedError} `ERR_HOTBED_EVIDENCE` for what is no snapshot, or an empty one
 * @throws {HotbedError} `ERR_HOTBED_OPTION` for bounds that are none
 */
export function toHaveTtl(this: unknown, received: unknown, bounds: TtlBounds = {}): MatcherVerdict {
  const snapshot = readKeyspace(received, 'toHaveTtl')
  const range = readBounds(bounds)
  requireKeys(snapshot, 'TTL')
  const isWithin = ({ ttlMs }: KeyspaceKey): boolean => ttlMs !== 'persistent' && range.holds(ttlMs)
  const within = snapshot.keys.filter(isWithin)
  const outside = snapshot.keys.filter((key) => !isWithin(key))
  const pass = isNegated(this) ? within.length > 0 : outside.length === 0
  return makeVerdict(
    pass,
    () => [
      `${countKeys(outside, snapshot)} ${outside.length === 1 ? 'has' : 'have'} no TTL${range.label}.`,
      ...keyLines(outside),
      ...persistentLines(outside),
    ],
    () => [
      `${countKeys(within, snapshot)} ${within.length === 1 ? 'has' : 'have'} a TTL${range.label}, and none should.`,
      ...keyLines(within),
    ],
  )
}

interface Range {
  readonly holds: (ttlMs: number) => boolean
  /** ` between 30 s and 60 s`, or nothing. */
  readonly label: string
}

function readBounds(bounds: TtlBounds): Range {
  if (typeof bounds !== 'object' || bounds === null) throw wrongOption('bounds', "{ min, max }, such as { min: 30, max: '5m' }", bounds)
  checkOptionNames(bounds, ['min', 'max'], 'toHaveTtl()')
  const min = bounds.min === undefined ? undefined : readDuration(bounds.min, 'min')
  const max = bounds.max === undefined ? undefined : readDuration(bounds.max, 'max')
  if (min !== undefined && max !== undefined && min > max) throw wrongOption('min', `at most max (${formatDuration(max)})`, bounds.min)
  const longEnough = (ttlMs: number): boolean => min === undefined || (min % 1000 === 0 ? Math.ceil(ttlMs / 1000) * 1000 : ttlMs) >= min
  return { holds: (ttlMs) => longEnough(ttlMs) && (max === undefined || ttlMs <= max), label: labelRange(min, max) }
}

function labelRange(min: number | undefined, max: number | undefined): string {
  if (min !== undefined && max !== undefined) return ` between ${formatDuration(min)} and ${formatDuration(max)}`
  if (min !== undefined) return ` of at least ${formatDuration(min)}`
  return max === undefined ? '' : ` of at most ${formatDuration(max)}`
}
