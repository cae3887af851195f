import * as vitest from 'vitest'
import type { MatcherVerdict, WireSnapshotOptions } from '../matchers/index.js'
import { loadMatchers } from './load-matchers.js'

/** Matchers that keep files, which only vitest can. For other runners: `expect(printWireSnapshot(run)).toMatchSnapshot()`. */
export interface SnapshotMatchers {
  /** The statements and commands are those of the snapshot file, ids, hashes and times aside. Written when there is none, and with `-u`. */
  toMatchWireSnapshot(options?: WireSnapshotOptions): void
}

/** What `expect` of vitest passes. */
type MatcherState = ThisParameterType<typeof vitest.Snapshots.toMatchSnapshot>

/**
 * Compares what a recording has in common with other runs with the snapshot file, in vitest's own way.
 *
 * @throws {HotbedError} `ERR_HOTBED_EVIDENCE` for what is no recording, or one that overlaps with another
 */
export function toMatchWireSnapshot(this: MatcherState, received: unknown, options: WireSnapshotOptions = {}): MatcherVerdict {
  const text = loadMatchers().printWireSnapshot(received, options)
  // Not there in the first versions of vitest 4.1, in which an expectation within the matcher does the same.
  const { Snapshots }: { readonly Snapshots?: typeof vitest.Snapshots } = vitest
  if (Snapshots !== undefined) return Snapshots.toMatchSnapshot.call(this, text, options.hint)
  vitest.expect(text).toMatchSnapshot(options.hint)
  return { pass: true, message: () => 'The recording matches its snapshot.' }
}
