import { printInspection } from './print-inspection.js'

/** A kind of finding. */
export type SchemaFindingId =
  | 'unindexed-foreign-key'
  | 'missing-primary-key'
  | 'invalid-index'
  | 'duplicate-index'
  | 'redundant-index'
  | 'unused-index'

/** All kinds, in the order in which they are reported. */
export const SCHEMA_FINDING_IDS: readonly SchemaFindingId[] = [
  'unindexed-foreign-key',
  'missing-primary-key',
  'invalid-index',
  'duplicate-index',
  'redundant-index',
  'unused-index',
]

/** A defect of a schema that its catalogue shows. */
export interface SchemaFinding {
  readonly id: SchemaFindingId
  readonly schema: string
  readonly table: string
  /** The constraint or index that it is about; the table where it lacks something. */
  readonly name: string
  /** What was found, in one line with the numbers. */
  readonly text: string
  /** The statement that repairs it; a comment where it depends on what is wanted. */
  readonly remedy: string
}

/** What `pgstattuple` counted in a table's file and its TOAST; of a partitioned table in all partitions. */
export interface TableBloat {
  readonly bytes: number
  readonly liveBytes: number
  /** Of rows that were deleted or updated and not yet vacuumed. */
  readonly deadBytes: number
  /** Of free space that new rows can use, and nothing else can. */
  readonly freeBytes: number
  readonly deadRows: number
  /** `(deadBytes + freeBytes) / bytes`, in percent. */
  readonly percent: number
}

/** A table that was looked at. Partitions are part of their table. */
export interface InspectedTable {
  readonly schema: string
  readonly table: string
  /** `pg_class.reltuples`; `undefined` when it was never analysed. */
  readonly rows: number | undefined
  /** Of the main file, without TOAST and indexes. */
  readonly bytes: number
  /** Only with `{ bloat: true }`. */
  readonly bloat: TableBloat | undefined
}

/** Evidence of `postgres.inspectSchema`: the defects that the catalogue shows. Immutable. */
export interface SchemaInspection {
  readonly kind: 'schema-inspection'
  readonly findings: readonly SchemaFinding[]
  readonly tables: readonly InspectedTable[]
  /** What was looked for: `unused-index` only over a recording. */
  readonly checked: readonly SchemaFindingId[]
  /** Whether bloat was measured. */
  readonly bloatMeasured: boolean
  /** What could not be judged, and why. */
  readonly notes: readonly string[]
  /** A list with the remedies. */
  readonly toString: () => string
}

export function makeSchemaInspection(facts: Omit<SchemaInspection, 'kind' | 'toString'>): SchemaInspection {
  const inspection = { kind: 'schema-inspection', ...facts } as const
  // Not enumerable, so that the inspection stays plain data to `toEqual` and structuredClone.
  Object.defineProperty(inspection, 'toString', { value: (): string => printInspection(inspection) })
  return Object.freeze(inspection)
}

/** True for a `SchemaInspection`, also one made by another copy of the package. */
export function isSchemaInspection(value: unknown): value is SchemaInspection {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'schema-inspection' && 'findings' in value
}
