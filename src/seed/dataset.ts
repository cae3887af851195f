import type { Generator } from './generator.js'
import type { CacheEntries } from './redis/cache-of.js'
import type { RedisEntries } from './redis/entries.js'
import type { StatisticsMode } from './statistics.js'

/** Rows of one table. */
export interface TableDataset<Row extends object = Readonly<Record<string, unknown>>> {
  readonly rows: number
  /** Columns that are left out are inferred from the live schema. */
  readonly columns?: string extends keyof Row
    ? Readonly<Record<string, Generator>>
    : { readonly [Column in keyof Row]?: Generator<Made<Row[Column]>> }
}

/** What a generator for a column of this type may make: times are numbers on their way. */
export type Made<Value> = Value extends Date ? Date | number : Value

/** Row types by table name, such as `{ orders: { id: number; note: string | null } }`. */
export type TableTypes = Readonly<Record<string, Readonly<Record<string, unknown>>>>

/** Tables by name, with the schema where that is not in the search path. A number stands for `{ rows }`. */
export type DatasetTables<Tables extends object = TableTypes> = string extends keyof Tables
  ? Readonly<Record<string, number | TableDataset>>
  : { readonly [Table in keyof Tables]?: number | TableDataset<Extract<Tables[Table], object>> }

/** What `defineDataset` is given. */
export interface DatasetDefinition<Tables extends object = TableTypes> {
  /** Another seed, other data. @default 1 */
  readonly seed?: number
  /** "Now" of the data: ISO 8601. Nothing is ever taken from the clock. @default '2025-01-01T00:00:00Z' */
  readonly epoch?: string
  /** All row counts times this, at least one row where there were any: 0.01 for a quick run. @default 1 */
  readonly scale?: number
  /**
   * How ANALYZE looks at the rows.
   *
   * - `exact`: it reads every row (up to 3 million per table), so that the same dataset has the same statistics and plans.
   * - `sampled`: it samples, as in production: about 2 s per million rows faster.
   *
   * @default 'exact'
   */
  readonly statistics?: StatisticsMode
  /** @default {} */
  readonly tables?: DatasetTables<Tables>
  /** Keys that every suite's Redis holds from the start, and again after `suite.reset()`: `cacheOf(…)`, or keys of a pattern. @default [] */
  readonly redis?: readonly (RedisEntries | CacheEntries)[]
}
