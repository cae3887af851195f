/** What the planner is told of a column: `pg_stats`, in its words. Values are text as the column's type reads it. */
export interface ColumnStatistics {
  readonly column: string
  /** Of the table with everything that inherits from it. */
  readonly inherited: boolean
  readonly nullFraction: number
  /** Bytes. */
  readonly averageWidth: number
  /** Different values: their number when above 0, their share of the rows (negated) when below. */
  readonly distinct: number
  readonly mostCommon: { readonly values: readonly string[]; readonly frequencies: readonly number[] } | undefined
  /** Of the histogram of all values that are not among the most common ones. */
  readonly bounds: readonly string[] | undefined
  /** Of physical order with the order of values. */
  readonly correlation: number | undefined
}

/** What the planner is told of an index beside its table. */
export interface IndexStatistics {
  readonly name: string
  readonly rows: number
  /** Blocks of 8 kB. */
  readonly pages: number
}

/** What the planner is told of a table. Plain data. */
export interface TableStatistics {
  readonly schema: string
  readonly table: string
  /** `pg_class.reltuples` */
  readonly rows: number
  /** `pg_class.relpages`: blocks of 8 kB. */
  readonly pages: number
  /** `pg_class.relallvisible` */
  readonly allVisiblePages: number
  readonly columns: readonly ColumnStatistics[]
  readonly indexes: readonly IndexStatistics[]
}

/** How a column's statistics change when its table has another size: what is left out stays as it is. */
export interface ColumnProjection extends Partial<Omit<ColumnStatistics, 'column' | 'inherited'>> {
  readonly column: string
  /** Of a column that grows with its table: the first and the last value, which are really put in, because at the edge the planner looks there. */
  readonly ends?: readonly [string, string]
}

/** A table at a size that it does not have. Plain data. */
export interface TableProjection {
  readonly schema: string
  readonly table: string
  readonly rows: number
  readonly columns: readonly ColumnProjection[]
}
