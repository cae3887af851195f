/** What a load did to one table. */
export interface LoadedTable {
  /** `schema.table`. */
  readonly table: string
  /** Rows written. */
  readonly rows: number
  readonly bytes: number
  /** From its first row to the end of its COPY. */
  readonly seconds: number
  readonly format: 'binary' | 'text'
  /** Rows were written frozen into a table that was empty. */
  readonly frozen: boolean
  /** Indexes that were rebuilt once the rows were there. */
  readonly indexesRebuilt: readonly string[]
  /** Indexes that were kept up row by row. */
  readonly indexesKept: readonly string[]
  /** Foreign keys that were checked whole, once the rows were there. */
  readonly foreignKeysChecked: readonly string[]
  /** Triggers that did not fire. */
  readonly triggersSkipped: readonly string[]
  /** Sequences that were moved past the keys written. */
  readonly sequences: readonly string[]
  /** Rows that ANALYZE read. */
  readonly sampledRows: number
}

export interface LoadReport {
  readonly tables: readonly LoadedTable[]
  readonly rows: number
  readonly bytes: number
  readonly seconds: number
  /** What was done otherwise than it could have been, and why. */
  readonly notes: readonly string[]
}

/** Told while rows are written. */
export interface LoadProgress {
  readonly table: string
  readonly phase: 'rows' | 'indexes' | 'constraints' | 'statistics'
  readonly rowsDone: number
  readonly rows: number
  /** Sent so far, of this table. */
  readonly bytes: number
}
