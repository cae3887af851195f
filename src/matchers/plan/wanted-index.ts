import { createIndex } from '../../primitives/create-index.js'
import { quoteTable, tableLabel } from '../../primitives/sql-name.js'
import type { HotbedError } from '../../primitives/error.js'
import { checkOptionNames, nearestName, wrongOption } from '../../primitives/options.js'
import type { Plan, PlanIndex } from '../../plan/plan.js'
import { isTableNamed, type IndexUse } from '../../plan/walk.js'
import { unjudgeable } from '../message/evidence.js'
import { indexLines, statementLines } from '../message/plan-excerpt.js'
import { describeColumns, findUnknownColumn, hasLeadingColumns } from '../../plan/index-columns.js'
import { judgeableReads, readsTable, readLabel, type TableRead } from './judgeable.js'

/** An index by what it is on, whatever its name. */
export interface IndexDescription {
  /** `orders` or `shop.orders`. */
  readonly table: string
  /**
   * The leading columns of the index in their order; it may have more. `created_at` stands for either direction,
   * `created_at DESC` and `created_at ASC` for one; an expression as PostgreSQL prints it: `lower(email)`.
   */
  readonly columns: readonly string[]
}

/** The index that an expectation is about. */
export interface WantedIndex {
  readonly label: string
  readonly accepts: (use: IndexUse) => boolean
  /** The nodes that could have used it. */
  readonly reads: readonly TableRead[]
  /** Said when there is no such index. */
  readonly absence: readonly string[]
}

/**
 * Finds out which index is meant, and refuses one that is not there.
 *
 * @throws {HotbedError} `ERR_HOTBED_EVIDENCE`
 */
export function readWantedIndex(plan: Plan, index: string | IndexDescription): WantedIndex {
  return typeof index === 'string' ? wantByName(plan, index) : wantByColumns(plan, index)
}

/** @throws {HotbedError} `ERR_HOTBED_OPTION` for an index described in another way */
export function checkIndex(index: unknown): void {
  if (index === '') throw wrongOption('index', "an index's name, or { table, columns }", index)
  if (typeof index !== 'string') checkDescription(index)
}

/** Whether the plan reads the table of the index: of several plans those are judged. */
export function couldUse(plan: Plan, index: string | IndexDescription): boolean {
  if (typeof index !== 'string') return readsTable(plan, index.table)
  const found = findByName(plan, index)
  return found !== undefined && readsTable(plan, `${found.schema}.${found.table}`)
}

/** `orders`, or of an index known by its name only `a table with the index 'orders_pkey'`. */
export function describeTable(index: string | IndexDescription): string {
  return typeof index === 'string' ? `a table with the index '${index}'` : index.table
}

function findByName(plan: Plan, name: string): PlanIndex | undefined {
  return plan.schema.indexes.find((one) => one.name === name || `${one.schema}.${one.name}` === name)
}

function wantByName(plan: Plan, name: string): WantedIndex {
  const index = findByName(plan, name)
  const accepts = (use: IndexUse): boolean =>
    use.node.index === name || (use.index !== undefined && lineage(plan, use.index).some((one) => one === index))
  if (index !== undefined) return { label: name, accepts, reads: judgeableReads(plan, `${index.schema}.${index.table}`), absence: [] }
  const reads = judgeableReads(plan, undefined)
  const near = nearestName(
    name,
    plan.schema.indexes.map((one) => one.name),
  )
  throw unjudgeable(
    [
      `There is no index '${name}' on the tables that the plan reads.`,
      ...statementLines(plan),
      '',
      ...tablesOf(reads).flatMap((table) => indexLines(table, indexesOn(plan, table))),
    ],
    near === undefined ? 'Name one of these, or create it in a migration.' : `Did you mean '${near}'?`,
  )
}

function wantByColumns(plan: Plan, description: IndexDescription): WantedIndex {
  const { table, columns } = description
  const reads = judgeableReads(plan, table)
  const known = plan.schema.tables.find((one) => isTableNamed(table, { ...one, root: undefined })) ?? reads[0]?.table
  const unknown = known === undefined ? undefined : findUnknownColumn(columns, known.columns)
  if (unknown !== undefined) {
    const near = nearestName(unknown, known?.columns ?? [])
    throw unjudgeable(
      [`The table ${table} has no column '${unknown}'.`],
      near === undefined ? `Its columns: ${known?.columns.join(', ')}.` : `Did you mean '${near}'?`,
    )
  }
  const fits = (index: PlanIndex | undefined): boolean => index !== undefined && hasLeadingColumns(index, columns)
  const exists = tablesOf(reads).some((name) => indexesOn(plan, name).some(fits))
  const list = describeColumns(columns)
  return {
    label: `an index on ${table} ${list}`,
    accepts: ({ index }) => fits(index),
    reads,
    absence:
      exists || known === undefined
        ? []
        : [`  None of them begins with ${list}. To have one: ${createIndex({ on: quoteTable(known), known: known.columns, columns })};`],
  }
}

function checkDescription(description: unknown): void {
  const refuse = (given: unknown): HotbedError =>
    wrongOption('index', "an index's name, or { table: 'orders', columns: ['user_id'] }", given)
  if (typeof description !== 'object' || description === null) throw refuse(description)
  checkOptionNames(description, ['table', 'columns'], 'toUseIndex()')
  const { table, columns } = description as Partial<IndexDescription>
  if (typeof table !== 'string' || table === '') throw refuse(description)
  const isList =
    Array.isArray(columns) && columns.length > 0 && columns.every((column) => typeof column === 'string' && column.trim() !== '')
  if (!isList) throw wrongOption('columns', 'a list of at least one column', columns)
}

/** The index itself, and those of the partitioned tables above. */
function lineage(plan: Plan, index: PlanIndex): readonly PlanIndex[] {
  const parent =
    plan.schema.indexes.find(({ name, schema }) => name === index.parent && schema === index.schema) ??
    plan.schema.indexes.find(({ name }) => name === index.parent)
  return parent === undefined ? [index] : [index, ...lineage(plan, parent)]
}

/** The tables that are read, by the names people use. */
export function tablesOf(reads: readonly TableRead[]): readonly string[] {
  return [...new Set(reads.map(readLabel))]
}

/** The indexes of a table by such a name. */
export function indexesOn(plan: Plan, label: string): readonly PlanIndex[] {
  return plan.schema.indexes.filter(({ schema, table }) => label === tableLabel({ schema, name: table }))
}
