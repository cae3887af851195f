import type { Generator } from './generator.js'

/** Rows of one table. */
export interface TableDataset {
  readonly rows: number
  /** Columns that are left out are inferred from the live schema. */
  readonly columns?: Readonly<Record<string, Generator>>
}

/** What `defineDataset` is given. */
export interface DatasetDefinition {
  /** Another seed, other data. @default 1 */
  readonly seed?: number
  /** "Now" of the data: ISO 8601. Nothing is ever taken from the clock. @default '2025-01-01T00:00:00Z' */
  readonly epoch?: string
  /** All row counts times this, at least one row where there were any: 0.01 for a quick run. @default 1 */
  readonly scale?: number
  /** A number stands for `{ rows }`. By table name, with its schema where that is not in the search path. */
  readonly tables: Readonly<Record<string, number | TableDataset>>
}
