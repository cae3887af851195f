import type { TtlBounds } from './cache/to-have-ttl.js'
import type { IndexDescription } from './plan/wanted-index.js'

/**
 * What `expect(evidence)` gets. All of them are synchronous, and there are no type parameters: one augmentation of `Matchers`,
 * `interface Matchers extends HotbedMatchers {}`, serves every version of vitest.
 */
export interface HotbedMatchers {
  /** The plan finds rows by this index: its name, or its table and leading columns. */
  toUseIndex(index: string | IndexDescription): void
  /** The plan reads the table, or any table, from end to end. Mostly used with `.not`. */
  toSeqScan(table?: string): void
  /** Every key of the snapshot expires, within the bounds; with `.not` none does. */
  toHaveTtl(bounds?: TtlBounds): void
}
