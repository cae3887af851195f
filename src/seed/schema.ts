/** A type as the catalogue has it, followed to what is written. */
export interface TypeSchema {
  readonly oid: number
  /** Schema-qualified where it is not in pg_catalog: `int8`, `shop.order_status`. */
  readonly name: string
  readonly kind: 'base' | 'enum' | 'domain' | 'array' | 'range' | 'multirange' | 'composite' | 'pseudo'
  /** Labels of an enum, in order. */
  readonly labels?: readonly string[]
  /** Element of an array, base of a domain, subtype of a range, range of a multirange. */
  readonly of?: TypeSchema
  /** CHECK expressions of a domain, with VALUE. */
  readonly checks?: readonly string[]
}

/** The sequence that a column's default or identity draws from. */
export interface SequenceSchema {
  /** Schema-qualified and quoted, as `regclass` prints it. */
  readonly name: string
  readonly start: number
  readonly increment: number
}

export interface ColumnSchema {
  readonly name: string
  /** Position in the table, from 1 (`attnum`). */
  readonly position: number
  readonly type: TypeSchema
  /** `varchar(40)` → 40, also for char(n) and bit(n). */
  readonly length: number | undefined
  /** `numeric(10,2)` → { precision: 10, scale: 2 }; of time types, the digits of a second. */
  readonly precision: number | undefined
  readonly scale: number | undefined
  readonly isNotNull: boolean
  readonly defaultSql: string | undefined
  readonly identity: 'always' | 'by default' | undefined
  /** `GENERATED ALWAYS AS (…)`: cannot be written. */
  readonly isGenerated: boolean
  readonly collation: string | undefined
  /** Owned by the column: set after a load. */
  readonly sequence?: SequenceSchema | undefined
  /** The greatest value there before the load, of whole-number columns that are keys. */
  readonly existingMax?: number | undefined
}

export interface KeySchema {
  readonly name: string
  readonly columns: readonly string[]
  readonly isPrimary: boolean
  /** `NULLS NOT DISTINCT` (15). */
  readonly nullsNotDistinct: boolean
  /** A unique index that is no constraint, or partial, or over expressions, has its definition here. */
  readonly indexOnly: boolean
  readonly predicate: string | undefined
}

export interface ForeignKeySchema {
  readonly name: string
  readonly oid: number
  readonly columns: readonly string[]
  /** `schema.table` of the parent, as in `TableSchema.id`. */
  readonly parent: string
  readonly parentColumns: readonly string[]
  readonly definition: string
  readonly isDeferrable: boolean
  readonly matchFull: boolean
  /** False for `NOT VALID` and `NOT ENFORCED`: nothing is checked after a load. */
  readonly isValid: boolean
  readonly comment?: string | undefined
}

export interface CheckSchema {
  readonly name: string
  readonly columns: readonly string[]
  /** As `pg_get_constraintdef` has it: `CHECK ((total_cents >= 0))`. */
  readonly definition: string
  readonly expression: string
}

export interface IndexSchema {
  readonly name: string
  readonly oid: number
  readonly definition: string
  /** Backs a constraint of this name. */
  readonly constraint: string | undefined
  readonly isUnique: boolean
  readonly isPrimary: boolean
  /** Ready for use; false after a failed `CREATE INDEX CONCURRENTLY`. */
  readonly isValid: boolean
  readonly comment: string | undefined
  /** Something beside its definition hangs on it: CLUSTER, REPLICA IDENTITY, statistics targets, a parent index. */
  readonly isSpecial: boolean
}

export interface TriggerSchema {
  readonly name: string
  readonly definition: string
  /** `tgenabled`: O fires normally, R under replication, A always, D never. */
  readonly enabled: 'O' | 'R' | 'A' | 'D'
}

export interface TableSchema {
  /** `schema.table`, unquoted; tables of `public` are also found by their bare name. */
  readonly id: string
  readonly schema: string
  readonly name: string
  readonly oid: number
  readonly kind: 'table' | 'partitioned' | 'partition' | 'foreign'
  /** Of a partitioned table: strategy, key, and its leaves with their bounds. */
  readonly partitions: readonly { readonly id: string; readonly bound: string }[]
  readonly partitionKey: string | undefined
  readonly columns: readonly ColumnSchema[]
  readonly keys: readonly KeySchema[]
  readonly foreignKeys: readonly ForeignKeySchema[]
  readonly checks: readonly CheckSchema[]
  readonly indexes: readonly IndexSchema[]
  readonly triggers: readonly TriggerSchema[]
  readonly hasRowSecurity: boolean
  /** Rows there before the load, exact: migrations insert reference data. */
  readonly existingRows: number
  /** Values of columns that foreign keys refer to, of up to 10,000 existing rows: one list per column, aligned by row. */
  readonly existingKeys: ReadonlyMap<string, readonly unknown[]>
}

/** The live schema of one database. */
export interface DatabaseSchema {
  readonly serverVersion: number
  /** Schemas that bare names are looked up in, in order. */
  readonly searchPath: readonly string[]
  /** By `TableSchema.id`. */
  readonly tables: ReadonlyMap<string, TableSchema>
}
