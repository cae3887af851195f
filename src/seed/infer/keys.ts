import { createPermutation, type Permutation } from '../../primitives/random.js'
import type { ColumnContext } from '../generator.js'
import type { ForeignKeySchema, KeySchema, TableSchema } from '../schema.js'
import { domainTooSmall } from './inferred.js'

/** What a unique key asks of inference. */
export interface KeyPlan {
  /** Columns that are unique by themselves. */
  readonly uniqueColumns: ReadonlySet<string>
  /** Foreign keys of which each parent comes once. */
  readonly uniqueForeignKeys: ReadonlySet<string>
  /** Composite keys: the place of a row in the product of its parts' domains. Digits by column, or by the name of a foreign key. */
  readonly digits: ReadonlyMap<string, (context: ColumnContext) => (row: number) => number>
}

/** What keys are planned with. */
export interface KeyRequest {
  readonly table: TableSchema
  readonly rows: number
  /** Columns with a generator of the user. */
  readonly given: ReadonlySet<string>
  readonly foreignKeys: readonly ForeignKeySchema[]
  readonly parentRows: (foreignKey: ForeignKeySchema) => number
  /** How many values a column can have: a number for lists, `bounded` and free numbers, `undefined` for everything else. */
  readonly domainOf: (column: string) => { readonly size: number; readonly isFree: boolean } | undefined
}

/**
 * Decides for every unique key how its values come to differ: by one column that is unique alone, or by dealing out the product of domains.
 *
 * @throws {HotbedError} `ERR_HOTBED_DATASET` for more rows than there are combinations
 */
export function planKeys(request: KeyRequest): KeyPlan {
  const { table, given, foreignKeys } = request
  const uniqueColumns = new Set<string>()
  const uniqueForeignKeys = new Set<string>()
  const digits = new Map<string, (context: ColumnContext) => (row: number) => number>()
  const keys = table.keys.toSorted((a, b) => a.columns.length - b.columns.length || Number(b.isPrimary) - Number(a.isPrimary))
  for (const key of keys) {
    const columns = keyColumns(table, key)
    const generated = columns.filter((name) => table.columns.find((column) => column.name === name)?.isGenerated === true)
    if (columns.some((name) => given.has(name) || uniqueColumns.has(name)) || generated.length === columns.length) continue
    const parts = partsOf(columns, foreignKeys)
    if (parts.some((part) => uniqueForeignKeys.has(part))) continue
    const [only] = parts
    if (only === undefined) continue
    const isForeign = (part: string): boolean => foreignKeys.some(({ name }) => name === part)
    if (parts.some((part) => digits.has(part))) {
      // Another key has dealt out some of these columns: one that is left over makes this key unique alone.
      const left = parts.find((part) => !digits.has(part) && !isForeign(part))
      if (left !== undefined) uniqueColumns.add(left)
      continue
    }
    if (parts.length === 1) {
      if (isForeign(only)) uniqueForeignKeys.add(only)
      else uniqueColumns.add(only)
      continue
    }
    const counted = parts.find((part) =>
      table.columns.some(({ name, sequence, identity }) => name === part && (sequence !== undefined || identity !== undefined)),
    )
    const open = counted ?? parts.find((part) => !isForeign(part) && request.domainOf(part) === undefined)
    if (open !== undefined) uniqueColumns.add(open)
    else addProduct(request, key, parts, digits)
  }
  return { uniqueColumns, uniqueForeignKeys, digits }
}

/** Of an index over expressions, the columns that its definition names. */
function keyColumns(table: TableSchema, key: KeySchema): readonly string[] {
  if (key.columns.length > 0) return key.columns
  const definition = key.predicate ?? ''
  const body = definition.slice(definition.indexOf('('))
  return table.columns
    .filter(({ name }) => new RegExp(`(^|\\W)${name.replaceAll(/[^\w]/g, '.')}(\\W|$)`).test(body))
    .map(({ name }) => name)
}

function partsOf(columns: readonly string[], foreignKeys: readonly ForeignKeySchema[]): readonly string[] {
  return [...new Set(columns.map((column) => foreignKeys.find((key) => key.columns.includes(column))?.name ?? column))]
}

function addProduct(
  request: KeyRequest,
  key: KeySchema,
  parts: readonly string[],
  digits: Map<string, (context: ColumnContext) => (row: number) => number>,
): void {
  const { table, rows, foreignKeys, parentRows, domainOf } = request
  const domains = parts.map((part) => {
    const foreignKey = foreignKeys.find(({ name }) => name === part)
    return foreignKey === undefined ? (domainOf(part) ?? { size: 1, isFree: false }) : { size: parentRows(foreignKey), isFree: false }
  })
  const bounded = domains.reduce((product, { size, isFree }) => (isFree ? product : product * size), 1)
  const free = domains.findIndex(({ isFree }) => isFree)
  // Twice the need, so that the number of lines differs from parent to parent and the table can grow.
  const freeSize = free < 0 ? 1 : Math.min(domains[free]?.size ?? 1, Math.max(3, Math.ceil((rows * 2) / Math.max(1, bounded))))
  const sizes = domains.map(({ size, isFree }, i) => (i === free ? freeSize : isFree ? 1 : size))
  const capacity = sizes.reduce((product, size) => product * size, 1)
  if (rows > capacity) throw domainTooSmall(table, key.columns, rows, capacity)
  if (capacity === 0) return
  let divisor = 1
  sizes.toReversed().forEach((size, reversed) => {
    const part = parts[parts.length - 1 - reversed] ?? ''
    const step = divisor
    digits.set(part, (context) => {
      const cell = cellsOf(context, key.name, Math.min(capacity, Number.MAX_SAFE_INTEGER))
      return (row) => Math.floor(cell(row) / step) % size
    })
    divisor *= size
  })
}

function cellsOf(context: ColumnContext, key: string, capacity: number): Permutation {
  const { bits } = context.drawsOf(`key ${key}`)
  return createPermutation(capacity, [bits(0), bits(1), bits(2), bits(3)])
}
