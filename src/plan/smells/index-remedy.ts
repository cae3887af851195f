import type { Plan, PlanIndex, PlanNode } from '../plan.js'
import { pathTo, tableOf } from '../walk.js'
import { comparedColumns } from './compared-columns.js'
import { quoteName, relationName } from './relation-name.js'

const DIRECTION = /(?: (?:ASC|DESC))?(?: NULLS (?:FIRST|LAST))?$/

const STRING_OR_QUALIFIER = /('(?:[^']|'')*')|([\p{L}_$][\p{L}\p{N}_$]*|"(?:[^"]|"")*")\./gu

/**
 * The index that would meet the conditions of a node: columns that are compared with one value first, then those that give the order, or one
 * of those that a range is asked of.
 */
export function indexRemedy(plan: Plan, node: PlanNode, conditions: readonly (string | undefined)[], order: readonly string[]): string {
  const { equal, range, alternative } = comparedColumns(plan, node, conditions)
  const create = (columns: readonly string[]): string => `CREATE INDEX ON ${relationName(plan, node)} (${columns.join(', ')})`
  if (alternative && equal.length + range.length > 1) {
    const missing = [...equal, ...range].filter((name) => !hasIndexOn(plan, node, [name]))
    if (missing.length > 0) return missing.map((name) => create([quoteName(name)])).join('; ')
  }
  const names = new Set(equal)
  const ordering = range.length === 0 ? order.filter((column) => !names.has(plainName(column))) : []
  const columns = [...[...equal, ...range.slice(0, 1)].map(quoteName), ...ordering]
  if (equal.length + range.length === 0)
    return `Index what is compared, as an expression or a partial index: ${conditions.find(Boolean) ?? ''}`
  const unused = indexesOf(plan, node).find((index) => columns.every((column, at) => index.columns[at]?.startsWith(plainName(column))))
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
  return indexesOf(plan, node).some((index) => columns.includes(plainName(index.columns[0] ?? '')))
}

/** An index of these columns for the rows alone that pass a condition; for conditions that no column of an index can meet. */
export function partialIndexRemedy(plan: Plan, node: PlanNode, columns: readonly string[], condition: string): string {
  const alias = node.relation?.alias ?? ''
  const own = condition.replaceAll(STRING_OR_QUALIFIER, (all: string, text: unknown, name: string) =>
    text === undefined && (name === alias || name === quoteName(alias)) ? '' : all,
  )
  if (/[\p{L}"]\.[\p{L}"]|\$\d|SubPlan/u.test(own.replaceAll(/'(?:[^']|'')*'/g, ''))) return `Index what is compared: ${condition}`
  return `CREATE INDEX ON ${relationName(plan, node)} (${columns.join(', ')}) WHERE ${own}`
}

/** The order that the Sort right above a node wants, as columns of an index: `created_at DESC`. Empty when it is not of plain columns. */
export function orderAbove(plan: Plan, node: PlanNode): readonly string[] {
  const sort = pathTo(plan, node).at(-2)
  const keys: unknown = sort?.type === 'Sort' ? sort.raw['Sort Key'] : []
  return Array.isArray(keys) ? asColumns(plan, node, keys.map(String)) : []
}

/** Sort keys as columns of the node's table, without its name; empty when one of them is something else. */
export function asColumns(plan: Plan, node: PlanNode, keys: readonly string[]): readonly string[] {
  const alias = node.relation?.alias ?? ''
  const prefixes = [`${alias}.`, `${quoteName(alias)}.`]
  const columns = keys.map((key) => {
    const prefix = prefixes.find((one) => key.startsWith(one)) ?? ''
    return key.slice(prefix.length)
  })
  const known = tableOf(plan, node)?.columns ?? []
  return columns.every((column) => known.includes(plainName(column))) ? columns : []
}

/** `user_id, "Kind"` */
export function quoteColumns(names: readonly string[]): string {
  return names.map(quoteName).join(', ')
}

/** The column alone: `created_at DESC` → `created_at`. */
export function plainName(column: string): string {
  const name = column.replace(DIRECTION, '')
  return name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name
}

function indexesOf(plan: Plan, node: PlanNode): readonly PlanIndex[] {
  const table = tableOf(plan, node)
  return plan.schema.indexes.filter(
    (index) => index.table === table?.name && index.schema === table.schema && index.predicate === undefined && index.method === 'btree',
  )
}
