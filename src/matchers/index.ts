import { toHaveTtl } from './cache/to-have-ttl.js'
import { toSeqScan } from './plan/to-seq-scan.js'
import { toUseIndex } from './plan/to-use-index.js'

export type { Duration } from '../primitives/duration.js'
export { toHaveTtl, type TtlBounds } from './cache/to-have-ttl.js'
export type { HotbedMatchers } from './matchers.js'
export type { MatcherVerdict } from './message/verdict.js'
export { toSeqScan } from './plan/to-seq-scan.js'
export { toUseIndex } from './plan/to-use-index.js'
export type { IndexDescription } from './plan/wanted-index.js'

/** All matchers, for `expect.extend(matchers)` of vitest or jest. */
export const matchers: {
  readonly toUseIndex: typeof toUseIndex
  readonly toSeqScan: typeof toSeqScan
  readonly toHaveTtl: typeof toHaveTtl
} = { toUseIndex, toSeqScan, toHaveTtl }
