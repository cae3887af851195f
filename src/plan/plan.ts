/** Blocks of 8 kB that a node touched. Planning is never counted. */
export interface PlanBuffers {
  /** `sharedHit + sharedRead`: the number to set a budget on. How it splits depends on what was cached, the sum does not. */
  readonly total: number
  readonly sharedHit: number
  readonly sharedRead: number
  readonly sharedDirtied: number
  readonly sharedWritten: number
  /** Of temporary tables. */
  readonly localHit: number
  readonly localRead: number
  /** Read from, and written to, temporary files: more than 0 is a spill. */
  readonly tempRead: number
  readonly tempWritten: number
}

/** What a node did when it ran. Totals are over all loops; the same on every major, except that up to 17 rows of a loop are whole numbers. */
export interface PlanActual {
  /** Rows returned, over all loops. */
  readonly rows: number
  readonly rowsPerLoop: number
  /** How often the node ran; 0 when it was never executed. */
  readonly loops: number
  /** Rows read and thrown away, over all loops. */
  readonly rowsRemoved: { readonly byFilter: number; readonly byJoinFilter: number; readonly byIndexRecheck: number }
  /** Rows for which an Index Only Scan had to visit the table all the same. */
  readonly heapFetches: number | undefined
  /** Descents into the index. Known from 18 on. */
  readonly indexSearches: number | undefined
  /** Absent when EXPLAIN was run without BUFFERS. */
  readonly buffers: PlanNodeBuffers | undefined
}

/** The buffers of a node, two ways. */
export interface PlanNodeBuffers {
  /** With everything below the node. */
  readonly cumulative: PlanBuffers
  /** Of the node alone. A CTE's work counts at the CTE Scan that reads it, an InitPlan's at the node that first asks for it. */
  readonly own: PlanBuffers
}

/** The table that a node reads or writes. */
export interface PlanRelation {
  /** Unknown when the plan was had without VERBOSE and no table of this name is visible. */
  readonly schema: string | undefined
  readonly table: string
  readonly alias: string
}

/** PostgreSQL's conditions and keys, in its own words. Where the plan reads one relation only, columns stand without its name. */
export interface PlanConditions {
  readonly indexCond?: string
  readonly recheckCond?: string
  readonly tidCond?: string
  readonly orderBy?: string
  readonly filter?: string
  readonly hashCond?: string
  readonly mergeCond?: string
  readonly joinFilter?: string
  readonly oneTimeFilter?: string
  readonly runCondition?: string
  readonly cacheKey?: string
  readonly sortKey?: string
  readonly presortedKey?: string
  readonly groupKey?: string
}

/** One node of a plan. Names are PostgreSQL's own. */
export interface PlanNode {
  /** `Index Scan`, `Hash Join` … as EXPLAIN has it. */
  readonly type: string
  /** `Outer`, `Inner`, `Member`, `InitPlan`, `SubPlan`, `Subquery`; absent at the root. */
  readonly parentRelationship: string | undefined
  /** `CTE recent`, `InitPlan 1`, `SubPlan 2`, spelled as on 18 whatever the server. */
  readonly subplanName: string | undefined
  readonly relation: PlanRelation | undefined
  /** Name of the index; its columns are in the plan's `schema`. */
  readonly index: string | undefined
  readonly scanDirection: 'Forward' | 'Backward' | undefined
  readonly joinType: string | undefined
  /** Of an Aggregate or SetOp: `Sorted`, `Hashed`, `Plain`, `Mixed`. */
  readonly strategy: string | undefined
  /** Of a ModifyTable: `Insert`, `Update`, `Delete`, `Merge`. */
  readonly operation: string | undefined
  readonly conditions: PlanConditions
  readonly estimatedRows: number
  readonly cost: { readonly startup: number; readonly total: number }
  /** What happened; absent when the statement was not executed. */
  readonly actual: PlanActual | undefined
  /** Planned although an `enable_…` setting forbids it: there was no other way. */
  readonly disabled: boolean
  /** Partitions or members that were ruled out before or while running. */
  readonly subplansRemoved: number
  readonly workers: { readonly planned: number; readonly launched: number | undefined } | undefined
  readonly children: readonly PlanNode[]
  /** The node as EXPLAIN wrote it, with the fields that have no name here, without its children. */
  readonly raw: Readonly<Record<string, unknown>>
}

/** An index as the catalogue has it. */
export interface PlanIndex {
  readonly name: string
  readonly schema: string
  readonly table: string
  /** Key columns in order: a name, or an expression's text; with ` DESC` and ` NULLS …` where they are not the default. */
  readonly columns: readonly string[]
  /** Columns of INCLUDE. */
  readonly included: readonly string[]
  /** The condition of a partial index. */
  readonly predicate: string | undefined
  readonly unique: boolean
  /** False while it is being built, or when CREATE INDEX CONCURRENTLY failed. */
  readonly valid: boolean
  /** `btree`, `gin` … */
  readonly method: string
  readonly definition: string
  /** The index of the partitioned table that it is a part of. */
  readonly parent: string | undefined
}

/** A table as the catalogue has it. */
export interface PlanTable {
  readonly schema: string
  readonly name: string
  readonly columns: readonly string[]
  /** `pg_class.reltuples`: rows when it was last analysed; -1 when it never was. */
  readonly reltuples: number
  /** `pg_class.relpages`: blocks of 8 kB when it was last analysed. */
  readonly relpages: number
  /** Blocks of 8 kB in the file now. */
  readonly pages: number
  readonly partitioned: boolean
  /** The table that it is a partition, or an inheriting child, of; the topmost one. */
  readonly root: { readonly schema: string; readonly name: string } | undefined
  /** The type of each of `columns`, as `format_type` writes it: `character varying(20)`. */
  readonly types?: readonly string[]
  /** `RANGE (at)`: how a partitioned table is divided. */
  readonly partitionKey?: string | undefined
  /**
   * At least so many rows of average width fit on a page that is filled up to the table's `fillfactor`: the widths are those of the statistics, the
   * padding between columns is the worst there can be. Only told by `explain`, of a table that the statement read 100 pages of or more, and not
   * without statistics.
   */
  readonly rowsPerPage?: number | undefined
}

/** A foreign key, seen from the table that it refers to: whoever deletes a row there must look for rows of `table`. */
export interface PlanForeignKey {
  readonly name: string
  readonly schema: string
  readonly table: string
  readonly columns: readonly string[]
  readonly references: { readonly schema: string; readonly table: string }
  /** Of `table`, its partitions included: `pg_class.reltuples`, and blocks of 8 kB in the files now. */
  readonly rows: number
  readonly pages: number
  /** An index that begins with `columns`, in any order; none: the whole table is read to find the rows. */
  readonly index: string | undefined
}

/** What the catalogue says about the tables of a plan: all that a matcher needs to know without asking the server. */
export interface PlanSchema {
  readonly tables: readonly PlanTable[]
  /** Every index on these tables, used or not. */
  readonly indexes: readonly PlanIndex[]
  /** Every foreign key that refers to one of these tables. Only told by `explain`, of a statement that updates or deletes rows. */
  readonly foreignKeys?: readonly PlanForeignKey[]
}

/** A size that was never loaded, which a plan was made for. */
export interface PlanScale {
  readonly tables: readonly {
    readonly table: string
    /** Rows that the template has. */
    readonly seeded: number
    /** Rows that the planner was told of. */
    readonly projected: number
  }[]
  /** What could not be told to the planner as it will be. */
  readonly notes: readonly string[]
}

/** Evidence of `postgres.explain`: how PostgreSQL carried out a statement, or would. Immutable. */
export interface Plan {
  readonly kind: 'plan'
  readonly sql: string
  readonly params: readonly unknown[]
  /** The statement was executed (and rolled back), so rows and buffers are counted, not estimated. */
  readonly analyzed: boolean
  /** Planned without looking at the values of the parameters. */
  readonly generic: boolean
  /** `18.4`. */
  readonly postgresVersion: string
  readonly root: PlanNode
  readonly schema: PlanSchema
  /** Present when the plan is a forecast for another size of its tables (`explainAtScale`). */
  readonly scale: PlanScale | undefined
  /** Planner settings that differ from PostgreSQL's defaults. Plans under different settings are not comparable. */
  readonly settings: Readonly<Record<string, string>>
  /** A 64-bit number as text; absent when the server did not say, or the driver has rounded it. */
  readonly queryIdentifier: string | undefined
  readonly planningTimeMs: number | undefined
  readonly executionTimeMs: number | undefined
  /** The whole EXPLAIN output, as read from JSON; integers that a double cannot hold are text. */
  readonly raw: Readonly<Record<string, unknown>>
  /** The compact tree. */
  readonly toString: () => string
}

/** True for a `Plan`, also one made by another copy of the package. */
export function isPlan(value: unknown): value is Plan {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'plan' && 'root' in value
}
