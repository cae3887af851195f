import type { Plan, PlanNode } from '../plan.js'
import { formatCount } from '../print.js'
import { pathTo, planNodes, tableOf } from '../walk.js'
import { comparedColumns } from './compared-columns.js'
import { hasIndexOn, indexRemedy, orderAbove } from './index-remedy.js'
import { joinedScans, type JoinedScan } from './joined-scan.js'
import { relationName } from './relation-name.js'
import { isSmallTable, isWasteful, rowsExamined, tableRows } from './rows-examined.js'
import type { Smell, SmellFinding } from './smell.js'

/** A large table is read from end to end for a few of its rows. */
export const missingIndex: Smell = {
  id: 'missing-index',
  title: 'A large table is read whole for a few rows',
  find: (plan) => {
    const filtered = planNodes(plan).flatMap((node) => findFiltered(plan, node))
    const told = filtered.map(({ node }) => node)
    return [...filtered, ...joinedScans(plan).flatMap((scan) => (told.includes(scan.node) ? [] : findJoined(plan, scan)))]
  },
}

function findFiltered(plan: Plan, node: PlanNode): readonly SmellFinding[] {
  if (node.conditions.filter === undefined || !readsWhole(plan, node) || isSmallTable(plan, node)) return []
  const rows = rowsExamined(node, tableRows(plan, node))
  if (rows === undefined || !isWasteful(rows) || hasRowsOnEveryPage(plan, node)) return []
  return [
    {
      node,
      text: `reads ${formatCount(rows.examined)} rows of ${relationName(plan, node)} to return ${formatCount(rows.returned)}`,
      remedy: indexRemedy(plan, node, [node.conditions.filter], orderAbove(plan, node)),
    },
  ]
}

/** An index fetches up to one page for each row: with as many rows as pages it saves nothing. */
function hasRowsOnEveryPage(plan: Plan, node: PlanNode): boolean {
  const table = tableOf(plan, node)
  const returned = node.actual?.rowsPerLoop ?? node.estimatedRows
  return table !== undefined && returned >= Math.max(table.relpages, table.pages)
}

/** Where there is an index on the columns of the join, the planner had the choice, and few rows are not always fewer pages. */
function findJoined(plan: Plan, { node, condition, rows }: JoinedScan): readonly SmellFinding[] {
  const { equal } = comparedColumns(plan, node, [condition])
  if (equal.length === 0 || isSmallTable(plan, node) || hasIndexOn(plan, node, equal)) return []
  return [
    {
      node,
      text: `reads ${formatCount(rows.examined)} rows of ${relationName(plan, node)} to join ${formatCount(rows.returned)}`,
      remedy: indexRemedy(plan, node, [condition], []),
    },
  ]
}

/** From its file, or along an index that meets no condition. Below a Limit the latter is `wrong-index-for-order`. */
function readsWhole(plan: Plan, node: PlanNode): boolean {
  if (node.type === 'Seq Scan') return true
  const walks = /^Index (?:Only )?Scan$/.test(node.type) && node.conditions.indexCond === undefined && node.conditions.orderBy === undefined
  return walks && !pathTo(plan, node).some(({ type }) => type === 'Limit')
}
