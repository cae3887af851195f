import type { KeyspaceKey } from '../../keyspace/keyspace-snapshot.js'
import { readKeyspace } from '../message/evidence.js'
import { isNegated, makeVerdict, type MatcherVerdict } from '../message/verdict.js'
import { countKeys, keyLines, persistentLines, requireKeys } from './key-lines.js'
import { readTtlBounds, type TtlBounds } from './ttl-bounds.js'

/**
 * Passes when every key of the snapshot expires, within the bounds where they are given. With `.not` no key may.
 *
 * @param this what `expect` passes: `.not` is about every key as well, so it is no mere negation
 * @throws {HotbedError} `ERR_HOTBED_EVIDENCE` for what is no snapshot, or an empty one
 * @throws {HotbedError} `ERR_HOTBED_OPTION` for bounds that are none
 */
export function toHaveTtl(this: unknown, received: unknown, bounds: TtlBounds = {}): MatcherVerdict {
  const snapshot = readKeyspace(received, 'toHaveTtl')
  const range = readTtlBounds(bounds, 'toHaveTtl()')
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
