import type { FingerprintPart } from '../../primitives/fingerprint.js'
import { HotbedError } from '../../primitives/error.js'
import type { Bound, ColumnContext, Generator } from '../generator.js'
import type { ColumnSchema, TableSchema } from '../schema.js'
import type { ColumnLimits } from './limits.js'

/** A column for which a generator is looked for. */
export interface InferenceTarget {
  readonly table: TableSchema
  readonly column: ColumnSchema
  readonly limits: ColumnLimits
  /** No value may come twice. */
  readonly isUnique: boolean
  /** Rows that the dataset gives the table. */
  readonly rows: number
}

/** A generator that inference made. */
export function inferred<T>(what: string, spec: FingerprintPart, bind: (context: ColumnContext) => Bound<T>): Generator<T> {
  return { kind: `inferred ${what}`, spec: { kind: 'inferred', what, spec }, bind }
}

/** The limits as the fingerprint can have them. */
export function limitsSpec(limits: ColumnLimits): FingerprintPart {
  return JSON.stringify(limits)
}

/** The error for a column whose values nobody can guess. */
export function notInferable(table: TableSchema, column: ColumnSchema, why: string, generator: string): HotbedError {
  return new HotbedError('ERR_HOTBED_DATASET', {
    message: `No values can be inferred for the column '${column.name}' of '${table.id}': ${why}.`,
    remedy: `Write a generator: tables: { ${JSON.stringify(table.name)}: { rows: …, columns: { ${column.name}: ${generator} } } }`,
  })
}

/** The error for more unique values than there are. */
export function domainTooSmall(table: TableSchema, columns: readonly string[], rows: number, domain: number): HotbedError {
  return new HotbedError('ERR_HOTBED_DATASET', {
    message: `${table.id}(${columns.join(', ')}) is unique and can hold ${domain.toLocaleString('en')} different values, but the dataset asks for ${rows.toLocaleString('en')} rows.`,
    remedy: `Lower the rows of '${table.name}' to ${domain.toLocaleString('en')}${columns.length > 1 ? ', or raise those of the tables it refers to' : ''}.`,
  })
}
