import type { FingerprintPart } from '../../primitives/fingerprint.js'
import { HotbedError } from '../../primitives/error.js'
import type { Bound, ColumnContext, Generator } from '../generator.js'
import { checkNumber, wrongArgument } from './argument.js'
import { createChildCounts, type PerParent } from './child-counts.js'
import { permutationOf } from './order-key.js'
import { createZipfIndexes } from './zipf-ranks.js'

export interface ForeignKeyOptions {
  /** Column of the parent. @default 'id' */
  readonly column?: string
  /**
   * Which parent a row has, each row for itself: `'uniform'`, or `{ zipf: exponent }` for a few parents with very many rows.
   *
   * @default 'uniform'
   */
  readonly distribution?: 'uniform' | { readonly zipf: number }
  /**
   * Instead: how many rows each parent has. Rows of one parent then stand together, in the order of the parents. The counts always sum to the
   * rows of the table: `'fixed'` gives each parent as many, `'poisson'` scatters around that, `{ zipf: exponent }` favours a few.
   */
  readonly perParent?: PerParent
}

/**
 * The key of a row of another table of the dataset, or of the same. Nothing is remembered: the parent's key is computed again from its row.
 * A reference to the own table points to an earlier row; the first row's is NULL, or itself where NULL is not allowed.
 *
 * @throws {HotbedError} `ERR_HOTBED_DATASET` for both `distribution` and `perParent`, or an exponent outside 0 to 10; when bound, for a parent
 * without rows
 */
export function foreignKey(table: string, options: ForeignKeyOptions = {}): Generator<never> {
  // Of the type that the parent's key has, whatever that is: it fits any column.
  return createReference(table, options.column ?? 'id', options, undefined) as Generator<never>
}

/**
 * Generators for the columns of a composite foreign key: `compositeForeignKey('users', { tenant_id: 'tenant_id', user_id: 'id' })`.
 * All columns agree on the parent row.
 *
 * @throws {HotbedError} `ERR_HOTBED_DATASET` as `foreignKey`
 */
export function compositeForeignKey<const Columns extends Readonly<Record<string, string>>>(
  table: string,
  columns: Columns,
  options: Omit<ForeignKeyOptions, 'column'> = {},
): { readonly [Column in keyof Columns]: Generator<never> } {
  const entries = Object.entries(columns)
  const [leader] = entries
  if (leader === undefined) throw wrongArgument('compositeForeignKey', 'columns', 'an object of child column to parent column', columns)
  const generators = entries.map(([child, parent]) => [child, createReference(table, parent, options, leader[0])])
  return Object.fromEntries(generators) as { readonly [Column in keyof Columns]: Generator<never> }
}

function createReference(table: string, column: string, options: ForeignKeyOptions, leader: string | undefined): Generator {
  const { distribution, perParent } = options
  if (typeof table !== 'string' || table === '') throw wrongArgument('foreignKey', 'table', 'the name of a table', table)
  if (distribution !== undefined && perParent !== undefined) {
    throw wrongArgument('foreignKey', 'perParent', "left out with 'distribution', which already says who has how many", perParent)
  }
  checkShape('distribution', distribution, ['uniform'])
  checkShape('perParent', perParent, ['fixed', 'poisson'])
  const spec: FingerprintPart = { kind: 'foreignKey', table, column, distribution: distribution ?? 'uniform', perParent, leader }
  return { kind: 'foreignKey', spec, bind: (context) => bindReference(table, column, options, leader, context) }
}

function bindReference(
  table: string,
  column: string,
  options: ForeignKeyOptions,
  leader: string | undefined,
  context: ColumnContext,
): Bound {
  const parents = context.rowsOf(table)
  const isSelf = table === context.table
  if (parents === 0 && context.rows > 0) {
    throw new HotbedError('ERR_HOTBED_DATASET', {
      message: `Column ${context.table}.${context.column} refers to '${table}', which has no rows.`,
      remedy: `Give '${table}' rows in the dataset, or the column a generator that is NULL: constant(null).`,
    })
  }
  const draws = leader === undefined ? context.draws : context.drawsOf(leader)
  if (isSelf && column === context.column) throw wrongArgument('foreignKey', 'column', 'another column than its own', column)
  const parent = context.valueOf(table, column)
  if (isSelf) {
    const isNotNull = context.schema?.isNotNull ?? false
    return { at: (row) => (row === 0 ? (isNotNull ? parent.at(0) : null) : parent.at(draws.below(row, row))), distinct: parents }
  }
  const { distribution, perParent } = options
  if (perParent !== undefined) {
    const counts = createChildCounts(perParent, parents, context.rows, draws)
    return {
      at: (row) => parent.at(counts.parentOf(row)),
      distinct: parents,
      isSorted: parent.isSorted === true,
      ...(counts.hottest === undefined ? {} : { hottest: readKeys(parent, counts.hottest) }),
    }
  }
  if (distribution === undefined || distribution === 'uniform')
    return { at: (row) => parent.at(draws.below(row, parents)), distinct: parents }
  const permutation = permutationOf(draws, parents)
  const index = createZipfIndexes(parents, distribution.zipf, draws, permutation)
  return {
    at: (row) => parent.at(index(row)),
    distinct: parents,
    hottest: readKeys(parent, (count) => Array.from({ length: Math.min(count, parents) }, (_, position) => permutation(position))),
  }
}

function readKeys(parent: Bound, rows: (count: number) => readonly number[]): (count: number) => readonly unknown[] {
  return (count) => rows(count).map((row) => parent.at(row))
}

function checkShape(option: string, shape: unknown, names: readonly string[]): void {
  if (shape === undefined || (typeof shape === 'string' && names.includes(shape))) return
  if (typeof shape === 'object' && shape !== null && 'zipf' in shape) return checkNumber('foreignKey', `${option}.zipf`, shape.zipf, 0, 10)
  throw wrongArgument('foreignKey', option, `${names.map((name) => `'${name}'`).join(', ')} or { zipf: exponent }`, shape)
}
