import type { FingerprintPart } from '../../primitives/fingerprint.js'
import { HotbedError } from '../../primitives/error.js'
import type { Bound, ColumnContext, Generator } from '../generator.js'
import { checkList, checkOrder, checkWhole, wrongArgument } from './argument.js'
import { specOf } from './one-of.js'
import { permutationOf } from './order-key.js'

/** Where one column of a composite key takes its values: a list, whole numbers of a range, or the keys of another table. */
export type KeyDomain =
  | readonly unknown[]
  | { readonly min: number; readonly max: number }
  | {
      readonly references: string
      /** @default 'id' */
      readonly column?: string
    }

/**
 * Generators for columns that are unique together: no two rows have the same tuple. Spread them among the table's columns:
 * `{ ...compositeUnique({ user_id: { references: 'users' }, badge: ['gold', 'silver'] }) }`
 *
 * @throws {HotbedError} `ERR_HOTBED_DATASET` for an empty domain; when bound, for more rows than there are tuples
 */
export function compositeUnique<const Domains extends Readonly<Record<string, KeyDomain>>>(
  domains: Domains,
): { readonly [Column in keyof Domains]: Generator<ValueOfDomain<Domains[Column]>> } {
  const columns = Object.keys(domains)
  if (columns.length < 2) throw wrongArgument('compositeUnique', 'columns', 'two columns or more', domains)
  for (const column of columns) checkKeyDomain(column, domains[column])
  const spec: FingerprintPart = { kind: 'compositeUnique', domains: columns.map((column) => [column, specOf(domains[column])]) }
  const generators = columns.map((column, position) => [
    column,
    {
      kind: 'compositeUnique',
      spec: { of: spec, position },
      bind: (context: ColumnContext): Bound => bindPart(columns, domains, position, context),
    },
  ])
  // The mapped type says of each column what its domain holds.
  return Object.fromEntries(generators) as { readonly [Column in keyof Domains]: Generator<ValueOfDomain<Domains[Column]>> }
}

export type ValueOfDomain<Domain> = Domain extends readonly (infer Value)[] ? Value : Domain extends { min: number } ? number : unknown

function bindPart(
  columns: readonly string[],
  domains: Readonly<Record<string, KeyDomain>>,
  position: number,
  context: ColumnContext,
): Bound {
  const sizes = columns.map((column) => sizeOf(domains[column], context))
  const product = sizes.reduce((size, next) => size * next, 1)
  if (context.rows > product) {
    throw new HotbedError('ERR_HOTBED_DATASET', {
      message: `Table ${context.table} needs ${context.rows.toLocaleString('en')} different tuples of (${columns.join(', ')}), but compositeUnique() has only ${sizes.map((size) => size.toLocaleString('en')).join(' × ')} = ${product.toLocaleString('en')}.`,
      remedy: `Widen a domain, or lower the rows of '${context.table}'.`,
    })
  }
  if (product > 2 ** 53) throw wrongArgument('compositeUnique', 'columns', 'at most 2^53 tuples', product)
  // One permutation for all columns: the draws of the first.
  const permutation = permutationOf(context.drawsOf(columns[0] ?? ''), product)
  const stride = sizes.slice(0, position).reduce((size, next) => size * next, 1)
  const size = sizes[position] ?? 1
  const value = reader(domains[columns[position] ?? ''], context)
  return { at: (row) => value(Math.floor(permutation(row) / stride) % size), distinct: size }
}

function sizeOf(domain: KeyDomain | undefined, context: ColumnContext): number {
  if (domain === undefined) return 0
  if (isList(domain)) return domain.length
  return 'references' in domain ? context.rowsOf(domain.references) : domain.max - domain.min + 1
}

function reader(domain: KeyDomain | undefined, context: ColumnContext): (index: number) => unknown {
  if (domain === undefined) return () => null
  if (isList(domain)) return (index) => domain[index]
  if ('references' in domain) return context.valueOf(domain.references, domain.column ?? 'id').at
  return (index) => domain.min + index
}

function checkKeyDomain(column: string, domain: KeyDomain | undefined): void {
  if (typeof domain !== 'object' || domain === null)
    throw wrongArgument('compositeUnique', column, 'a list, { min, max } or { references }', domain)
  if (isList(domain)) {
    checkList('compositeUnique', column, domain)
    if (new Set(domain).size < domain.length) throw wrongArgument('compositeUnique', column, 'a list without repetitions', domain)
    return
  }
  if ('references' in domain) {
    if (typeof domain.references !== 'string') throw wrongArgument('compositeUnique', `${column}.references`, 'a table', domain.references)
    return
  }
  checkWhole('compositeUnique', `${column}.min`, domain.min)
  checkWhole('compositeUnique', `${column}.max`, domain.max)
  checkOrder('compositeUnique', `${column}.min`, `${column}.max`, domain.min, domain.max)
}

function isList(domain: KeyDomain): domain is readonly unknown[] {
  return Array.isArray(domain)
}
