import { createIndex } from '../../primitives/create-index.js'
import { quoteName } from '../../primitives/sql-name.js'
import type { Plan, PlanNode } from '../plan.js'
import { formatCount } from '../print.js'
import { planNodes, tableOf } from '../walk.js'
import { asColumns, plainName } from './index-remedy.js'
import { ownComparisons } from './own-comparisons.js'
import { relationName } from './relation-name.js'
import { isSmallTable, isWasteful } from './rows-examined.js'
import type { Smell } from './smell.js'

/** Many rows are sorted for the first few of them, which an index could give in order. */
export const avoidableSort: Smell = {
  id: 'avoidable-sort',
  title: 'Many rows are sorted to return the first few',
  find: (plan) =>
    planNodes(plan).flatMap((limit) => {
      const sort = limit.type === 'Limit' ? sortBelow(limit) : undefined
      const scan = sort === undefined ? undefined : scanBelow(sort)
      // What an OFFSET skips would be read by an index as well.
      const asked = outerChild(limit)?.actual?.rows
      if (sort === undefined || scan?.actual === undefined || asked === undefined || isSmallTable(plan, scan)) return []
      if (!isWasteful({ examined: scan.actual.rows, returned: asked })) return []
      const columns = indexFor(plan, scan, sort.raw['Sort Key'])
      if (columns === undefined) return []
      const table = relationName(plan, scan)
      return [
        {
          node: sort,
          text: `sorts ${formatCount(scan.actual.rows)} rows of ${table} to return ${formatCount(asked)}`,
          remedy: createIndex({ on: table, columns }),
        },
      ]
    }),
}

/** Nodes that change neither the rows nor their order. */
const BETWEEN = ['Gather Merge', 'Gather', 'LockRows', 'Result', 'Subquery Scan']

function sortBelow(node: PlanNode): PlanNode | undefined {
  const child = outerChild(node)
  return child?.type === 'Sort' ? child : child !== undefined && BETWEEN.includes(child.type) ? sortBelow(child) : undefined
}

function scanBelow(node: PlanNode): PlanNode | undefined {
  const child = outerChild(node)
  if (child === undefined || BETWEEN.includes(child.type)) return child === undefined ? undefined : scanBelow(child)
  return child.relation === undefined ? undefined : child
}

function outerChild({ children }: PlanNode): PlanNode | undefined {
  return children.find(({ subplanName }) => subplanName === undefined)
}

/** What is compared with one value, then the order; `undefined` where such an index would not do, or is there and was not wanted. */
function indexFor(plan: Plan, scan: PlanNode, sortKey: unknown): readonly string[] | undefined {
  const keys = Array.isArray(sortKey) ? asColumns(plan, scan, sortKey.map(String)) : []
  const first = keys[0]
  if (first === undefined) return undefined
  const met = ownComparisons(
    plan,
    scan,
    planNodes({ root: scan }).map(({ conditions }) => conditions.indexCond),
  )
  const filtered = ownComparisons(plan, scan, [scan.conditions.filter])
  const isFixed = (one: (typeof met)[number]): boolean =>
    one.isBare && one.kind === 'equality' && one.quantifier === undefined && !one.alternative && one.comparedWith.length === 0
  const staysOnWay = (one: (typeof met)[number]): boolean => one.isBare && one.kind === 'range' && one.column === plainName(first)
  // A condition that the index does not meet is no harm where most rows pass it; how many pass one that another index met is not known.
  const mostPass = (scan.actual?.rowsRemoved.byFilter ?? 0) <= (scan.actual?.rows ?? 0)
  if (met.some((one) => !isFixed(one) && !staysOnWay(one)) || (!mostPass && filtered.some((one) => !isFixed(one) && !staysOnWay(one))))
    return undefined
  const fixed = [...new Set([...met, ...filtered].filter(isFixed).map(({ column }) => column))]
  const order = keys.filter((key) => !fixed.includes(plainName(key)))
  return order.length === 0 || isThere(plan, scan, fixed, order) ? undefined : [...fixed.map(quoteName), ...order]
}

function isThere(plan: Plan, scan: PlanNode, fixed: readonly string[], order: readonly string[]): boolean {
  const table = tableOf(plan, scan)
  return plan.schema.indexes.some(({ schema, table: name, columns, predicate, method, valid }) => {
    if (name !== table?.name || schema !== table.schema || predicate !== undefined || method !== 'btree' || !valid) return false
    const leading = columns.slice(0, fixed.length).map(plainName)
    const following = columns.slice(fixed.length, fixed.length + order.length)
    const flips = new Set(following.map((column, at) => column.includes(' DESC') === order[at]?.includes(' DESC')))
    return (
      fixed.every((column) => leading.includes(column)) &&
      flips.size === 1 &&
      order.every((key, at) => plainName(following[at] ?? '') === plainName(key))
    )
  })
}
