import type { Bound } from './generator.js'
import type { ColumnSchema } from './schema.js'

/**
 * Writes one field of one row in the binary COPY format (PostgreSQL manual, COPY, Binary Format): a length word of four bytes (-1 for NULL)
 * and the value. Returns the position after it, or -1 when it does not fit: the caller then comes back with more room.
 */
export type ColumnWriter = (target: Buffer, at: number, row: number) => number

/** How values of one type are written. One file per type in `encode/`. */
export interface TypeEncoding {
  /** Names of the types it serves, as `pg_type.typname` has them. */
  readonly types: readonly string[]
  /**
   * A writer for one column of `table` (as messages name it). Made once per load; specialised on what `bound` knows (a pool is encoded ahead).
   *
   * @throws {HotbedError} `ERR_HOTBED_SEED` while writing, for a value that the type cannot hold, naming table, column, row and value
   */
  readonly createWriter: (bound: Bound, column: ColumnSchema, table: string) => ColumnWriter
}
