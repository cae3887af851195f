import type { Draws, Generator } from '../generator.js'
import { wrongArgument } from './argument.js'

/** What a derived value can be made of. */
export interface RowContext {
  /** From 0. */
  readonly row: number
  /** The value of another column of this row; times are milliseconds since 1970. */
  readonly value: (column: string) => unknown
  /** Randomness of this column: `draws.unit(row)`. */
  readonly draws: Draws
}

/**
 * A value that follows from other columns of its row: `derived(({ value }) => Number(value('created_at')) + 3_600_000)`.
 * The function must depend on nothing else: its text is what the fingerprint sees.
 *
 * @throws {HotbedError} `ERR_HOTBED_DATASET` when no function is given, and when columns are derived from each other in a circle
 */
export function derived<T>(compute: (context: RowContext) => T | null): Generator<T> {
  if (typeof compute !== 'function') throw wrongArgument('derived', 'compute', 'a function', compute)
  return {
    kind: 'derived',
    spec: { kind: 'derived', compute: compute.toString() },
    bind: ({ table, valueOf, draws }) => {
      const columns = new Map<string, (row: number) => unknown>()
      const read = (column: string, row: number): unknown => {
        let at = columns.get(column)
        if (at === undefined) columns.set(column, (at = valueOf(table, column).at))
        return at(row)
      }
      return { at: (row) => compute({ row, value: (column) => read(column, row), draws }) ?? null }
    },
  }
}
