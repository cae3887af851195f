import type { FingerprintPart } from '../primitives/fingerprint.js'
import type { Draws, RandomKey } from '../primitives/random.js'
import type { ColumnSchema } from './schema.js'

export type { Draws } from '../primitives/random.js'

/** What a generator is told when it is bound to a column. */
export interface ColumnContext {
  readonly table: string
  readonly column: string
  /** Rows that the dataset gives this table, at the scale of this load. */
  readonly rows: number
  /** `createDraws(randomKey(seed, table, column))`. */
  readonly draws: Draws
  /** The draws of another column of this table, for columns that must agree on a choice. */
  readonly drawsOf: (column: string) => Draws
  /** "Now" of the dataset, milliseconds since 1970. */
  readonly epochMs: number
  /** The column in the live schema; `undefined` when a dataset is used without a database. */
  readonly schema: ColumnSchema | undefined
  /** Rows of another table of the dataset. */
  readonly rowsOf: (table: string) => number
  /** The values of any column of the dataset, also of this table; throws for a circle. */
  readonly valueOf: (table: string, column: string) => Bound
}

/**
 * Says how the values of a column come about. Immutable, knows no database; `bind` makes it a function of the row.
 * `T` is what `dataset.row()` shows and what the column must be able to hold.
 */
export interface Generator<T = unknown> {
  /** As the user writes it: `zipf`, `oneOf` … For messages. */
  readonly kind: string
  /** Everything that decides its values. */
  readonly spec: FingerprintPart
  readonly bind: (context: ColumnContext) => Bound<T>
  /**
   * What must be done once, and may wait, before `bind`: faker is loaded and pools are sampled. Gives the generator that can be bound;
   * its `spec` holds the sampled values, so this comes before the fingerprint. Without it, the generator is ready as it is.
   */
  readonly prepare?: (context: PrepareContext) => Promise<Generator<T>>
}

/** What sampled values may depend on. */
export interface PrepareContext {
  readonly seed: number
  readonly epochMs: number
}

/** The generator, ready to be bound. */
export async function prepareGenerator<T>(generator: Generator<T>, context: PrepareContext): Promise<Generator<T>> {
  return generator.prepare === undefined ? generator : await generator.prepare(context)
}

/**
 * A generator bound to a column: every value is a function of its row, in any order, as often as asked.
 * Times are numbers (milliseconds since 1970, fractions allowed) on the way to the encoder; `dataset.row()` shows Dates.
 */
export interface Bound<T = unknown> {
  readonly at: (row: number) => T | null
  /** How many different values there can be, where that is known. */
  readonly distinct?: number
  /** No value comes twice, for rows below `rows`. */
  readonly isUnique?: boolean
  /** Values never decrease with the row: physical order is time order. */
  readonly isSorted?: boolean
  /** The values are drawn from a small list: encoders write prepared bytes. `index(row)` is -1 for NULL. */
  readonly pool?: { readonly values: readonly T[]; readonly index: (row: number) => number }
  /** The `count` most frequent values, the most frequent first, known without looking at the rows. */
  readonly hottest?: (count: number) => readonly T[]
  /** The numbers are times, milliseconds since 1970: `dataset.row()` shows them as Dates. */
  readonly isTime?: boolean
  /** @internal Worker threads can make the values as well; `at` gives the same ones, slower. */
  readonly elsewhere?: MadeElsewhere
  /** Written by the server: an SQL expression evaluated after the load (`UPDATE … SET`), or a default it computes. */
  readonly sql?: string
}

/** How the values of a column are made in another thread. */
export interface MadeElsewhere {
  /** All that the other thread has to know: plain data. */
  readonly task: MakerTask
  /** Makes a value in this thread, whatever was handed over. */
  readonly make: (row: number) => unknown
  /** Hands over the values of a stretch of rows, which `at` then gives; rows that are missing at its end are made by `at` itself. */
  readonly take: (fromRow: number, values: readonly unknown[]) => void
}

/** A function of a module that makes values with faker. */
export interface MakerTask {
  /** Of the module: `file:///…`. */
  readonly url: string
  readonly key: RandomKey
  readonly epochMs: number
}
