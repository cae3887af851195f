import { baseType } from '../base-type.js'
import type { Generator } from '../generator.js'
import { nullable } from '../generators/nullable.js'
import type { ColumnSchema, ForeignKeySchema, TableSchema } from '../schema.js'
import { parseExpression } from './check-expression.js'
import { choicesOf, inferChoice } from './choices.js'
import { inferForeignKey } from './foreign-keys.js'
import { inferred, notInferable, type InferenceTarget } from './inferred.js'
import { planKeys } from './keys.js'
import { mergeDemands, mergeLimits, readDemands, type ColumnLimits, type Demands } from './limits.js'
import { inferNumber, inferUniqueNumber, isNumberType, isWholeType, numberRange } from './numbers.js'
import { assignOrders, following } from './orders.js'
import { inferOther } from './other-types.js'
import { inferText, isTextType } from './texts.js'
import { partitionLimits } from './partition-limits.js'
import { createdColumn, inferTime, isTimeType } from './times.js'

export interface InferenceRequest {
  readonly table: TableSchema
  readonly rows: number
  /** Columns with a generator of the user. */
  readonly given: ReadonlySet<string>
  /** Rows that foreign keys can refer to: of the dataset, or there already. */
  readonly parentRows: (parent: string) => number
}

const NULL_SHARE = 0.1
const RARE = /(^|_)(deleted|archived|cancell?ed|banned|blocked|revoked|failed|refunded)(_|$)/
/** Defaults that differ from call to call, or from day to day: values come from the dataset instead. */
const VOLATILE =
  /\b(nextval|now|clock_timestamp|statement_timestamp|transaction_timestamp|timeofday|random|gen_random_uuid|uuid_generate_\w+|uuidv\d|gen_random_bytes)\s*\(|CURRENT_(DATE|TIME|TIMESTAMP)|LOCALTIME/i

/**
 * Generators for the columns that a dataset leaves out, by name. Columns that are not in the result are left to the server: generated ones,
 * and those with a constant default.
 *
 * @throws {HotbedError} `ERR_HOTBED_DATASET` for a column that nothing can be inferred for, and for more unique values than there are
 */
export function inferTable(request: InferenceRequest): ReadonlyMap<string, Generator> {
  const { table, rows, given, parentRows } = request
  if (rows === 0) return new Map()
  const { limits, orders } = readTableDemands(table)
  const foreignKeys = openForeignKeys(table, given)
  const keys = planKeys({
    table,
    rows,
    given,
    foreignKeys,
    parentRows: ({ parent }) => parentRows(parent),
    domainOf: (name) => {
      const column = columnOf(table, name)
      const own = limits.get(name) ?? {}
      const choices = choicesOf(column, own)
      if (choices !== undefined) return { size: choices.length, isFree: false }
      if (!isWholeType(column)) return undefined
      const { first, last, isBounded } = numberRange({ column, limits: own })
      return isBounded ? { size: last - first + 1, isFree: false } : { size: 2 ** 31 - 1, isFree: true }
    },
  })
  const generators = new Map<string, Generator>()
  for (const foreignKey of foreignKeys) {
    const columns = foreignKey.columns.map((name) => columnOf(table, name))
    const isKey = table.keys.some(({ columns: key }) => key.some((name) => foreignKey.columns.includes(name)))
    const isNullable = columns.every(({ isNotNull, name }) => !isNotNull && limits.get(name)?.isNotNull !== true)
    const inferredColumns = inferForeignKey({
      table,
      foreignKey,
      rows,
      parentRows: foreignKey.parent === table.id ? rows : parentRows(foreignKey.parent),
      isUnique: keys.uniqueForeignKeys.has(foreignKey.name),
      isNullable: isNullable && (!isKey || parentRows(foreignKey.parent) === 0 || keys.uniqueForeignKeys.has(foreignKey.name)),
      parentOf: keys.digits.get(foreignKey.name),
    })
    for (const [name, generator] of inferredColumns) generators.set(name, generator)
  }
  const fixed = new Set([...given, ...generators.keys(), ...keys.uniqueColumns, ...keys.digits.keys(), createdColumn(table)?.name ?? ''])
  const followers = assignOrders(orders, table.columns, fixed)
  for (const column of table.columns) {
    const { name } = column
    if (given.has(name) || generators.has(name) || column.isGenerated) continue
    const own = limits.get(name) ?? {}
    const isUnique = keys.uniqueColumns.has(name)
    const digit = keys.digits.get(name)
    if (!isUnique && digit === undefined && !followers.has(name) && isLeftToServer(column, own)) continue
    const target: InferenceTarget = { table, column, limits: own, isUnique, rows }
    const generator = digit === undefined ? inferColumn(target) : inferDigit(target, digit)
    const demands = followers.get(name)
    const moved = demands === undefined ? generator : following(generator, demands, grainOf(column), isTimeType(column))
    const isKeyColumn = table.keys.some(({ columns }) => columns.includes(name))
    const mayBeNull = !column.isNotNull && own.isNotNull !== true && !isKeyColumn && moved.kind !== 'inferred NULL'
    generators.set(name, mayBeNull ? { ...nullable(RARE.test(name) ? 0.9 : NULL_SHARE, moved), kind: moved.kind } : moved)
  }
  return generators
}

function inferColumn(target: InferenceTarget): Generator {
  const { table, column, limits, isUnique } = target
  const choices = choicesOf(column, limits)
  if (choices !== undefined) {
    if (choices.length > 0) return inferChoice(target, choices)
    throw notInferable(table, column, 'its CHECK constraints leave no value', 'oneOf([…])')
  }
  if (column.sequence !== undefined || column.identity !== undefined || isNextval(column)) return inferUniqueNumber(target)
  if (isNumberType(column)) {
    const { first, last } = numberRange(target)
    if (last < first) throw notInferable(table, column, 'its CHECK constraints and type leave no value', 'uniform({ min: …, max: … })')
    return inferNumber(target)
  }
  if (isTimeType(column)) return inferTime(target)
  if (isTextType(column)) return inferText(target)
  const generator = inferOther(target)
  if (isUnique && !/^(uuid|bytea|int[48]range|numrange|daterange|tsrange|tstzrange)$/.test(baseType(column.type).name)) {
    throw notInferable(table, column, `it must be unique and is of type ${column.type.name}`, 'derived(({ row }) => …)')
  }
  return generator
}

/** A column of a composite key: its place in the product of the key's domains. */
function inferDigit(target: InferenceTarget, digit: (context: Parameters<Generator['bind']>[0]) => (row: number) => number): Generator {
  const { column, limits } = target
  const choices = choicesOf(column, limits)
  const { first } = numberRange(target)
  const start = choices === undefined ? Math.max(first, limits.min === undefined ? 1 : first) : 0
  return inferred('part of a key', [column.name, start, choices?.map(String)], (context) => {
    const at = digit(context)
    return { at: (row) => (choices === undefined ? start + at(row) : (choices[at(row)] ?? null)) }
  })
}

/** Of two foreign keys that share a column, the wider one decides. */
function openForeignKeys(table: TableSchema, given: ReadonlySet<string>): readonly ForeignKeySchema[] {
  const taken = new Set(given)
  const open: ForeignKeySchema[] = []
  for (const foreignKey of table.foreignKeys.toSorted((a, b) => b.columns.length - a.columns.length)) {
    const { columns } = foreignKey
    if (columns.some((name) => taken.has(name) || columnOf(table, name).isGenerated)) continue
    for (const name of columns) taken.add(name)
    open.push(foreignKey)
  }
  return open
}

/** What the CHECKs of the table and of its domains demand, as far as they are understood; the others are tried out on the server. */
function readTableDemands(table: TableSchema): Demands {
  const understood = table.checks.flatMap(({ expression }) => readCheck(expression) ?? [])
  const { limits, orders } = mergeDemands(understood) ?? { limits: new Map<string, ColumnLimits>(), orders: [] }
  const merged = new Map(limits)
  for (const [name, own] of partitionLimits(table)) merged.set(name, mergeLimits(merged.get(name) ?? {}, own))
  for (const column of table.columns) {
    for (let type = column.type; type.kind === 'domain' && type.of !== undefined; type = type.of) {
      for (const check of type.checks ?? []) {
        const own = readCheck(check)?.limits.get('VALUE')
        if (own !== undefined) merged.set(column.name, mergeLimits(merged.get(column.name) ?? {}, own))
      }
    }
  }
  return { limits: merged, orders }
}

function readCheck(expression: string): Demands | undefined {
  const parsed = parseExpression(expression)
  return parsed === undefined ? undefined : readDemands(parsed)
}

/** A default is kept where it says something that a drawn value would not: lists, references and times are drawn. */
function isLeftToServer(column: ColumnSchema, limits: ColumnLimits): boolean {
  const { defaultSql } = column
  if (defaultSql === undefined || column.identity !== undefined || VOLATILE.test(defaultSql)) return false
  return choicesOf(column, limits) === undefined || baseType(column.type).name === 'bool'
}

function isNextval(column: ColumnSchema): boolean {
  return /\bnextval\s*\(/i.test(column.defaultSql ?? '')
}

function grainOf(column: ColumnSchema): number {
  if (isTimeType(column))
    return baseType(column.type).name === 'date' ? 86_400_000 : column.precision !== undefined && column.precision < 3 ? 1000 : 1
  return isWholeType(column) ? 1 : 10 ** -Math.min(column.scale ?? 2, 6)
}

function columnOf(table: TableSchema, name: string): ColumnSchema {
  const column = table.columns.find((candidate) => candidate.name === name)
  if (column === undefined) throw new TypeError(`${table.id} has no column ${name}`)
  return column
}
