import type { Plan, PlanNode } from '../plan.js'
import { formatCount } from '../print.js'
import { pathTo, planNodes } from '../walk.js'
import { indexRemedy, orderAbove } from './index-remedy.js'
import { relationName } from './relation-name.js'
import { isSmallTable, isWasteful, rowsExamined, tableRows } from './rows-examined.js'
import type { Smell } from './smell.js'

/** A large table is read from end to end for a few of its rows. */
export const missingIndex: Smell = {
  id: 'missing-index',
  title: 'A large table is read whole for a few rows',
  find: (plan) =>
    planNodes(plan).flatMap((node) => {
      if (node.conditions.filter === undefined || !readsWhole(plan, node) || isSmallTable(plan, node)) return []
      const rows = rowsExamined(node, tableRows(plan, node))
      if (rows === undefined || !isWasteful(rows)) return []
      const table = relationName(plan, node)
      return [
        {
          node,
          text: `reads ${formatCount(rows.examined)} rows of ${table} to return ${formatCount(rows.returned)}`,
          remedy: indexRemedy(plan, node, [node.conditions.filter], orderAbove(plan, node)),
        },
      ]
    }),
}

/** From its file, or along an index that meets no condition. Below a Limit the latter is `wrong-index-for-order`. */
function readsWhole(plan: Plan, node: PlanNode): boolean {
  if (node.type === 'Seq Scan') return true
  const walks = /^Index (?:Only )?Scan$/.test(node.type) && node.conditions.indexCond === undefined && node.conditions.orderBy === undefined
  return walks && !pathTo(plan, node).some(({ type }) => type === 'Limit')
}
