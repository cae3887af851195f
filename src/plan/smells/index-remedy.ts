import { createIndex, readIndexColumn } from '../../primitives/create-index.js'
import { quoteName } from '../../primitives/sql-name.js'
import { withoutQualifier } from '../conditions.js'
import { hasLeadingColumns } from '../index-columns.js'
import type { Plan, PlanIndex, PlanNode } from '../plan.js'
import { pathTo, tableOf } from '../walk.js'
import { comparedColumns } from './compared-columns.js'
import { relationName } from './relation-name.js'

/**
 * The index that would meet the conditions of a node: columns that are compared with one value first, then those that give the order, or one
 * of those that a range is asked of.
 */
export function indexRemedy(plan: Plan, node: PlanNode, conditions: readonly (string | undefined)[], order: readonly string[]): string {
  const { equal, range, alternative } = comparedColumns(plan, node, conditions)
  const create = (columns: readonly string[]): string => createIndex({ on: relationName(plan, node), columns })
  if (alternative && equal.length + range.length > 1) {
    const missing = [...equal, ...range].filter((name) => !hasIndexOn(plan, node, [name]))
    if (missing.length > 0) return missing.map((name) => create([quoteName(name)])).join('; ')
  }
  const names = new Set(equal)
  const ordering = range.length === 0 ? order.filter((column) => !names.has(plainName(column))) : []
  const columns = [...[...equal, ...range.slice(0, 1)].map(quoteName), ...ordering]
  if (equal.length + range.length === 0)
    return `Index what is compared, as an expression or a partial index: ${conditions.find(Boolean) ?? ''}`
  const unused = indexesOf(plan, node).find((index) => hasLeadingColumns(index, columns.map(plainName)))
  return unused === undefined ? create(columns) : unusedRemedy(plan, node, unused)
}

function unusedRemedy(plan: Plan, node: PlanNode, { name, parent, columns }: PlanIndex): string {
  const there = `${parent ?? name} (${columns.join(', ')}) is there and was not used`
  const off = Object.keys(plan.settings).filter((setting) => /^enable_(?:index|bitmap)/.test(setting) && plan.settings[setting] === 'off')
  return off.length > 0
    ? `RESET ${off.join(', ')}: ${there}`
    : `${there}: compare the bare column with a value of its own type, and ANALYZE ${relationName(plan, node)}`
}

/** Whether an index begins with one of the columns. */
export function hasIndexOn(plan: Plan, node: PlanNode, columns: readonly string[]): boolean {
  return indexesOf(plan, node).some((index) => columns.some((column) => hasLeadingColumns(index, [column])))
}

/** An index of these columns for the rows alone that pass a condition; for conditions that no column of an index can meet. */
export function partialIndexRemedy(plan: Plan, node: PlanNode, columns: readonly string[], condition: string): string {
  const own = withoutQualifier(condition, node.relation?.alias ?? '')
  if (/[\p{L}"]\.[\p{L}"]|\$\d|SubPlan/u.test(own.replaceAll(/'(?:[^']|'')*'/g, ''))) return `Index what is compared: ${condition}`
  return createIndex({ on: relationName(plan, node), columns, predicate: own })
}

/** The order that the Sort right above a node wants, as columns of an index: `created_at DESC`. Empty when it is not of plain columns. */
export function orderAbove(plan: Plan, node: PlanNode): readonly string[] {
  const sort = pathTo(plan, node).at(-2)
  const keys: unknown = sort?.type === 'Sort' ? sort.raw['Sort Key'] : []
  return Array.isArray(keys) ? asColumns(plan, node, keys.map(String)) : []
}

/**
 * An index of the order in which a Sort or an Aggregate takes its rows, where they are those of one table that no condition narrows. Read in the
 * order of the groups, each is complete before the next begins and nothing has to be kept.
 */
export function orderRemedy(plan: Plan, node: PlanNode, key: 'Sort Key' | 'Group Key'): string | undefined {
  const scan = node.children[0]
  const keys: unknown = node.raw[key]
  if (scan?.type !== 'Seq Scan' || scan.conditions.filter !== undefined || !Array.isArray(keys)) return undefined
  const columns = asColumns(plan, scan, keys.map(String))
  return columns.length === 0 ? undefined : createIndex({ on: relationName(plan, scan), columns })
}

/** Sort keys as columns of the node's table, without its name; empty when one of them is something else. */
export function asColumns(plan: Plan, node: PlanNode, keys: readonly string[]): readonly string[] {
  const columns = keys.map((key) => withoutQualifier(key, node.relation?.alias ?? ''))
  const known = tableOf(plan, node)?.columns ?? []
  return columns.every((column) => known.includes(plainName(column))) ? columns : []
}

/** `user_id, "Kind"` */
export function quoteColumns(names: readonly string[]): string {
  return names.map(quoteName).join(', ')
}

/** The column alone: `created_at DESC` → `created_at`. */
export function plainName(column: string): string {
  return readIndexColumn(column).name
}

function indexesOf(plan: Plan, node: PlanNode): readonly PlanIndex[] {
  const table = tableOf(plan, node)
  return plan.schema.indexes.filter(
    (index) => index.table === table?.name && index.schema === table.schema && index.predicate === undefined && index.method === 'btree',
  )
}
