import { isMark, readConditionItems, type ConditionItem } from './condition-items.js'
import { readText, type ExplainObject } from './explain-json.js'
import type { PlanConditions } from './plan.js'

/** PostgreSQL's name for each condition, in the order in which they are printed. */
export const CONDITION_LABELS: Readonly<Record<keyof PlanConditions, string>> = {
  indexCond: 'Index Cond',
  recheckCond: 'Recheck Cond',
  tidCond: 'TID Cond',
  orderBy: 'Order By',
  hashCond: 'Hash Cond',
  mergeCond: 'Merge Cond',
  joinFilter: 'Join Filter',
  filter: 'Filter',
  oneTimeFilter: 'One-Time Filter',
  runCondition: 'Run Condition',
  cacheKey: 'Cache Key',
  sortKey: 'Sort Key',
  presortedKey: 'Presorted Key',
  groupKey: 'Group Key',
}

/** The names of all conditions, in the order in which they are printed. */
export const CONDITION_NAMES = Object.keys(CONDITION_LABELS) as readonly (keyof PlanConditions)[]

/** Reads the conditions of a node. `onlyAlias` is the plan's one relation, whose name is dropped before a column. */
export function readConditions(node: ExplainObject, onlyAlias: string | undefined): PlanConditions {
  const found: Partial<Record<keyof PlanConditions, string>> = {}
  for (const name of CONDITION_NAMES) {
    const text = readText(node, CONDITION_LABELS[name])
    if (text !== undefined) found[name] = onlyAlias === undefined ? text : withoutQualifier(text, onlyAlias)
  }
  return found
}

/**
 * `(orders.user_id = 42)` → `(user_id = 42)`: VERBOSE, which alone tells the schema of a table, names the relation at every column,
 * and EXPLAIN without it does so only where there are several.
 */
export function withoutQualifier(text: string, alias: string): string {
  let result = ''
  let from = 0
  const visit = (items: readonly ConditionItem[]): void => {
    items.forEach((item, at) => {
      if (item.kind === 'group') visit(item.items)
      const dot = items[at + 1]
      const isName = item.kind === 'name' || item.kind === 'word'
      if (!isName || item.text !== alias || dot === undefined || !isMark(dot, '.') || isMark(items[at - 1], '.')) return
      result += text.slice(from, item.start)
      from = dot.end
    })
  }
  visit(readConditionItems(text))
  return result + text.slice(from)
}
