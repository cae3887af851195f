import type { MatcherVerdict } from '../message/verdict.js'
import type { CountRange } from '../recording/count-range.js'
import type { LookupOptions } from './count-lookups.js'
import { countVerdict } from './count-verdict.js'

/**
 * Passes when so many lookups found nothing. Counted as by `toHaveCacheHitRatio`: per key, and per field of a hash. The message tells why each missed.
 *
 * @param range how many. @default at least 1
 * @throws {HotbedError} `ERR_HOTBED_EVIDENCE` for what is no recording, one that overlaps with another, or one in which no such key was looked up
 * @throws {HotbedError} `ERR_HOTBED_OPTION` for a range or options that are none
 */
export function toHaveCacheMisses(received: unknown, range?: CountRange, options: LookupOptions = {}): MatcherVerdict {
  return countVerdict(received, { matcher: 'toHaveCacheMisses', what: 'misses' }, range, options)
}
