import { HotbedError } from '../../primitives/error.js'
import { checkOptionNames, nearestName, wrongOption } from '../../primitives/options.js'
import type { Plan, PlanIndex, PlanNode } from '../../plan/plan.js'
import { indexUses, isTableNamed, type IndexUse } from '../../plan/walk.js'
import { readPlan, unjudgeable } from '../message/evidence.js'
import { indexLines, pathLines, statementLines } from '../message/plan-excerpt.js'
import { makeVerdict, type MatcherVerdict } from '../message/verdict.js'
import { describeColumns, findUnknownColumn, hasLeadingColumns } from './index-columns.js'
import { judgeableReads, tableLabel, type TableRead } from './judgeable.js'
import { smallTableLines } from './to-seq-scan.js'

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

/**
 * Passes when the plan finds rows of a table by the index: Index Scan, Index Only Scan, or Bitmap Index Scan.
 * The index of a partitioned table counts as used where one of its partitions' is. An index that only gives the order, without meeting a
 * condition, is used too; the message then says so.
 *
 * @throws {HotbedError} `ERR_HOTBED_EVIDENCE` for what is no plan, an index, table or column that is not there, a table without statistics
 * @throws {HotbedError} `ERR_HOTBED_OPTION` for an index described in another way
 */
export function toUseIndex(received: unknown, index: string | IndexDescription): MatcherVerdict {
  const plan = readPlan(received, 'toUseIndex')
  const wanted = typeof index === 'string' ? wantByName(plan, index) : wantByColumns(plan, index)
  const judged = new Set(wanted.reads.flatMap(({ node }) => scanNodes(node)))
  const uses = indexUses(plan).filter(({ node }) => judged.has(node))
  const matching = uses.filter(wanted.accepts)
  return makeVerdict(
    matching.length > 0,
    () => [
      `The plan does not use ${wanted.label}.`,
      ...statementLines(plan),
      '',
      ...pathLines(
        plan,
        wanted.reads.flatMap(({ node }) => scanNodes(node)),
      ),
      ...wholeWalkLines(uses),
      '',
      ...tablesOf(wanted.reads).flatMap((table) => indexLines(table, indexesOn(plan, table))),
      ...wanted.absence,
      ...settingLines(plan),
      ...smallTableLines(wanted.reads),
    ],
    () => [
      `The plan uses ${wanted.label}.`,
      ...statementLines(plan),
      '',
      ...pathLines(
        plan,
        matching.map(({ node }) => node),
      ),
      ...wholeWalkLines(matching),
    ],
  )
}

interface Wanted {
  readonly label: string
  readonly accepts: (use: IndexUse) => boolean
  /** The nodes that could have used it. */
  readonly reads: readonly TableRead[]
  /** Said when there is no such index. */
  readonly absence: readonly string[]
}

function wantByName(plan: Plan, name: string): Wanted {
  if (name === '') throw wrongOption('index', "an index's name, or { table, columns }", name)
  const all = plan.schema.indexes
  const index = all.find((one) => one.name === name || `${one.schema}.${one.name}` === name)
  const accepts = (use: IndexUse): boolean =>
    use.node.index === name || (use.index !== undefined && lineage(plan, use.index).some((one) => one === index))
  if (index !== undefined) return { label: name, accepts, reads: judgeableReads(plan, `${index.schema}.${index.table}`), absence: [] }
  const reads = judgeableReads(plan, undefined)
  const near = nearestName(
    name,
    all.map((one) => one.name),
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

function wantByColumns(plan: Plan, description: IndexDescription): Wanted {
  const { table, columns } = checkDescription(description)
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
    absence: exists ? [] : [`  None of them begins with ${list}. To have one: CREATE INDEX ON ${table} ${list};`],
  }
}

function checkDescription(description: unknown): IndexDescription {
  const refuse = (given: unknown): HotbedError =>
    wrongOption('index', "an index's name, or { table: 'orders', columns: ['user_id'] }", given)
  if (typeof description !== 'object' || description === null) throw refuse(description)
  checkOptionNames(description, ['table', 'columns'], 'toUseIndex()')
  const { table, columns } = description as Partial<IndexDescription>
  if (typeof table !== 'string' || table === '') throw refuse(description)
  const isList =
    Array.isArray(columns) && columns.length > 0 && columns.every((column) => typeof column === 'string' && column.trim() !== '')
  if (!isList) throw wrongOption('columns', 'a list of at least one column', columns)
  return { table, columns }
}

/** The index itself, and those of the partitioned tables above. */
function lineage(plan: Plan, index: PlanIndex): readonly PlanIndex[] {
  const parent =
    plan.schema.indexes.find(({ name, schema }) => name === index.parent && schema === index.schema) ??
    plan.schema.indexes.find(({ name }) => name === index.parent)
  return parent === undefined ? [index] : [index, ...lineage(plan, parent)]
}

function tablesOf(reads: readonly TableRead[]): readonly string[] {
  return [...new Set(reads.map(tableLabel))]
}

function indexesOn(plan: Plan, label: string): readonly PlanIndex[] {
  return plan.schema.indexes.filter(({ schema, table }) => label === (schema === 'public' ? table : `${schema}.${table}`))
}

/** A node that reads a table, with those below it that say which of its rows: a bitmap's index is named there. */
function scanNodes(node: PlanNode): readonly PlanNode[] {
  return [node, ...node.children.filter(({ type }) => type.startsWith('Bitmap')).flatMap(scanNodes)]
}

function wholeWalkLines(uses: readonly IndexUse[]): readonly string[] {
  const walked = [...new Set(uses.filter(({ walksWholeIndex }) => walksWholeIndex).map(({ node }) => node.index))]
  return walked.map((name) => `  ${name} is walked from its end, for its order alone: it meets no condition (no Index Cond).`)
}

/** Settings that take a way of reading from the planner. */
function settingLines({ settings }: Plan): readonly string[] {
  const switched = Object.entries(settings).filter(([name]) => name.startsWith('enable_'))
  return switched.length === 0 ? [] : [`  Planned with ${switched.map(([name, value]) => `${name} = ${value}`).join(', ')}.`]
}
