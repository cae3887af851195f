import type { Draws, Generator } from '../generator.js'
import { wrongArgument } from './argument.js'
import { explainThrown } from './thrown.js'

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
    bind: ({ table, column, valueOf, draws }) => {
      const columns = new Map<string, (row: number) => unknown>()
      const read = (name: string, row: number): unknown => {
        let at = columns.get(name)
        if (at === undefined) columns.set(name, (at = valueOf(table, name).at))
        return at(row)
      }
      return {
        at: (row) => {
          try {
            return compute({ row, value: (name) => read(name, row), draws }) ?? null
          } catch (error) {
            throw explainThrown(error, 'The function of derived()', `${table}.${column}`, row)
          }
        },
      }
    },
  }
}
