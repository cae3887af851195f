import { readConditionColumns, type ConditionColumn } from '../condition-columns.js'
import { readConditionItems } from '../condition-items.js'
import { readOperand } from '../condition-operand.js'
import { readIndexColumn } from '../../primitives/create-index.js'
import type { Plan, PlanNode, PlanTable } from '../plan.js'
import { indexUses, tableOf } from '../walk.js'
import { workOf } from '../work.js'
import { orderOfIndex, readSortKeys } from './order.js'
import { createScope, type DemandedColumn, type RelationScope } from './relation-scope.js'

/** What one scan of a plan asks of its table, as far as an index could give it. */
export interface TableDemand {
  readonly node: PlanNode
  /** Of a partition the partitioned table: an index on it is one on all of them. */
  readonly table: PlanTable
  /** Columns that must have one value: `user_id`, `lower(email)`. */
  readonly equality: readonly DemandedColumn[]
  /** Columns that may have one of several values. */
  readonly lists: readonly DemandedColumn[]
  readonly ranges: readonly DemandedColumn[]
  /** LIKE, arrays and documents: what needs another operator class or method than that of plain columns. */
  readonly others: readonly DemandedColumn[]
  /** Columns that are compared with those of another relation, by a join above. */
  readonly joins: readonly DemandedColumn[]
  /** Columns with their direction, by which the rows are sorted above, or in whose order they are walked. */
  readonly order: readonly string[]
  /** Every column that the statement needs of the table; `undefined` when the plan does not say. */
  readonly needed: readonly string[] | undefined
}

/** What the scans of a plan ask of their tables, those with the most work first. Scans that read nothing in vain are left out. */
export function readTableDemands(plan: Plan): readonly TableDemand[] {
  const demands: TableDemand[] = []
  const visit = (node: PlanNode, above: readonly PlanNode[]): void => {
    const demand = node.relation === undefined || node.type === 'ModifyTable' ? undefined : readDemand(plan, node, above)
    if (demand !== undefined) demands.push(demand)
    for (const child of node.children) visit(child, [...above, node])
  }
  visit(plan.root, [])
  return demands.toSorted((a, b) => workOf({ root: b.node }).count - workOf({ root: a.node }).count)
}

function readDemand(plan: Plan, node: PlanNode, above: readonly PlanNode[]): TableDemand | undefined {
  const found = tableOf(plan, node)
  if (found === undefined || node.relation === undefined) return undefined
  const root = found.root
  const table =
    root === undefined ? found : (plan.schema.tables.find((one) => one.name === root.name && one.schema === root.schema) ?? found)
  const scope = createScope(node, root !== undefined)
  const { filter, indexCond, recheckCond } = node.conditions
  // The index of a bitmap says its condition in a node of its own.
  const own = [filter, indexCond ?? recheckCond]
    .flatMap((text) => (text === undefined ? [] : readConditionColumns(text)))
    .filter(scope.owns)
  const columns = own.filter(({ alternative }) => !alternative).map(scope.column)
  const joins = above
    .filter(({ joinType }) => joinType !== undefined)
    .flatMap((join) => joinColumns(join).filter(scope.owns))
    .map(scope.column)
  const sort = readSortKeys(above, scope)
  const walks = walksInVain(plan, node)
  const order = sort.length > 0 ? sort : orderOfIndex(plan, node, walks)
  if (!readsInVain(node) && !walks && order.length === 0 && joins.length === 0) return undefined
  const ofKind = (kind: string): readonly DemandedColumn[] => columns.filter(({ condition }) => kindOf(condition) === kind)
  return {
    node,
    table,
    equality: ofKind('equality'),
    lists: ofKind('list'),
    ranges: ofKind('range'),
    others: ofKind('other'),
    joins,
    order,
    needed: readNeeded(plan, node, above, scope),
  }
}

function kindOf({ kind, quantifier }: ConditionColumn): 'equality' | 'list' | 'range' | 'other' {
  return kind === 'equality' && quantifier !== undefined ? 'list' : kind
}

function readsInVain({ actual, conditions, type }: PlanNode): boolean {
  if (actual === undefined) return conditions.filter !== undefined || type === 'Seq Scan'
  return actual.rowsRemoved.byFilter + actual.rowsRemoved.byIndexRecheck > 0
}

/** An index is walked from its end, because the condition is on a later column of it. */
function walksInVain(plan: Plan, node: PlanNode): boolean {
  const below = [node, ...node.children]
  return indexUses(plan).some(({ node: one, index }) => {
    const first = index?.columns[0]
    const text = one.conditions.indexCond
    if (!below.includes(one) || first === undefined || text === undefined || index?.method !== 'btree') return false
    const { name } = readIndexColumn(first)
    return !readConditionColumns(text).some(({ column, expression }) => column === name || expression !== undefined)
  })
}

function joinColumns({ conditions }: PlanNode): readonly ConditionColumn[] {
  return [conditions.hashCond, conditions.mergeCond, conditions.joinFilter]
    .flatMap((text) => (text === undefined ? [] : readConditionColumns(text)))
    .filter(({ kind, comparedWith, alternative }) => kind === 'equality' && comparedWith.length > 0 && !alternative)
}

/**
 * The columns that the nodes above use: what a Seq Scan says that it gives out are often all columns of the table, because that costs it
 * nothing.
 */
function readNeeded(plan: Plan, node: PlanNode, above: readonly PlanNode[], scope: RelationScope): readonly string[] | undefined {
  if (plan.root.raw['Output'] === undefined) return undefined
  const users = above.length === 0 ? [node] : above
  const texts = [
    ...users.flatMap(({ raw }) => (Array.isArray(raw['Output']) ? raw['Output'].map(String) : [])),
    ...[...users, node].flatMap(({ conditions }) => Object.values(conditions)),
  ]
  const columns = texts.flatMap((text) => readOperand(text, readConditionItems(text)).columns).filter(scope.owns)
  return [...new Set(columns.map(({ column }) => column))]
}
