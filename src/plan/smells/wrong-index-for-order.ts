import type { Plan, PlanNode } from '../plan.js'
import { formatCount } from '../print.js'
import { indexUses, planNodes } from '../walk.js'
import { comparedColumns } from './compared-columns.js'
import { indexRemedy, partialIndexRemedy } from './index-remedy.js'
import { orderGiven } from './order-given.js'
import { limitOfOrderWalk } from './order-walk.js'
import { relationName } from './relation-name.js'
import { isSmallTable, isWasteful, rowsExamined, tableRows, type RowsExamined } from './rows-examined.js'
import type { Smell } from './smell.js'

/** ORDER BY with LIMIT is answered along an index of the order, in the hope that fitting rows come early. */
export const wrongIndexForOrder: Smell = {
  id: 'wrong-index-for-order',
  title: 'An index is walked for its order until enough rows fit',
  find: (plan) =>
    planNodes(plan).flatMap((node) => {
      const limit = limitOfOrderWalk(plan, node)
      const { filter } = node.conditions
      if (filter === undefined || limit === undefined || isSmallTable(plan, node)) return []
      const rows = rowsOf(plan, node, limit)
      if (rows === undefined || !isWasteful(rows)) return []
      const order = orderWalked(plan, node)
      const { equal, range } = comparedColumns(plan, node, [filter])
      return [
        {
          node,
          text: `walks ${node.index} for its order and reads ${formatCount(rows.examined)} rows of ${relationName(plan, node)} to return ${formatCount(rows.returned)}`,
          remedy:
            equal.length + range.length === 0 ? partialIndexRemedy(plan, node, order, filter) : indexRemedy(plan, node, [filter], order),
        },
      ]
    }),
}

function rowsOf(plan: Plan, node: PlanNode, limit: PlanNode): RowsExamined | undefined {
  if (node.actual !== undefined) return rowsExamined(node, undefined)
  const all = tableRows(plan, node)
  if (all === undefined || node.conditions.indexCond !== undefined) return undefined
  // The planner expects fitting rows to be spread evenly along the index.
  const share = Math.min(1, limit.estimatedRows / Math.max(node.estimatedRows, 1))
  return { examined: Math.round(all * share), returned: Math.min(limit.estimatedRows, node.estimatedRows) }
}

/** For a minimum or maximum nothing is said of an order, and it is that of the index's first column. */
function orderWalked(plan: Plan, node: PlanNode): readonly string[] {
  const given = orderGiven(plan, node)
  return given.length > 0
    ? given
    : (indexUses(plan)
        .find((use) => use.node === node)
        ?.index?.columns.slice(0, 1) ?? [])
}
