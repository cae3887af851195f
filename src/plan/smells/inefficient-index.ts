import type { Plan, PlanNode } from '../plan.js'
import { formatCount } from '../print.js'
import { planNodes } from '../walk.js'
import { comparedColumns } from './compared-columns.js'
import { limitAbove } from './limit-above.js'
import { indexRemedy, orderAbove, partialIndexRemedy, quoteColumns } from './index-remedy.js'
import { orderGiven } from './order-given.js'
import { limitOfOrderWalk } from './order-walk.js'
import { relationName } from './relation-name.js'
import { isSmallTable, isWasteful, type RowsExamined } from './rows-examined.js'
import type { Smell } from './smell.js'

/** An index meets one condition, and another throws nearly all away that was found by it. */
export const inefficientIndex: Smell = {
  id: 'inefficient-index',
  title: 'Nearly all rows that an index finds are thrown away',
  find: (plan) =>
    planNodes(plan).flatMap((node) => {
      const { filter } = node.conditions
      const scans = indexScansOf(node)
      const found = scans.every(({ conditions }) => conditions.indexCond !== undefined)
      if (filter === undefined || scans.length === 0 || !found || isSmallTable(plan, node)) return []
      const rows = rowsFound(node, scans)
      if (rows === undefined || !isWasteful(rows) || limitOfOrderWalk(plan, node) !== undefined) return []
      const indexes = scans.map(({ index }) => index).join(', ')
      return [
        {
          node,
          text: `finds ${formatCount(rows.examined)} rows of ${relationName(plan, node)} by ${indexes} to return ${formatCount(rows.returned)}`,
          remedy: remedyFor(plan, node, scans, filter),
        },
      ]
    }),
}

/** The node itself, or the Bitmap Index Scans below a Bitmap Heap Scan. */
function indexScansOf(node: PlanNode): readonly PlanNode[] {
  if (/^Index (?:Only )?Scan$/.test(node.type)) return [node]
  return node.type === 'Bitmap Heap Scan' ? planNodes({ root: node }).filter(({ type }) => type === 'Bitmap Index Scan') : []
}

/** What fails a recheck was no row that the index found: that is `lossy-bitmap`. */
function rowsFound({ actual, estimatedRows }: PlanNode, scans: readonly PlanNode[]): RowsExamined | undefined {
  if (actual !== undefined) return { examined: Math.round(actual.rows + actual.rowsRemoved.byFilter), returned: actual.rows }
  const [only] = scans
  // Of an Index Scan the planner does not tell how many rows it expects to find before the filter.
  return scans.length === 1 && only?.type === 'Bitmap Index Scan' ? { examined: only.estimatedRows, returned: estimatedRows } : undefined
}

function remedyFor(plan: Plan, node: PlanNode, scans: readonly PlanNode[], filter: string): string {
  const conditions = scans.map((scan) => scan.conditions.indexCond)
  const compared = comparedColumns(plan, node, [filter])
  const found = comparedColumns(plan, node, conditions)
  const missing = [...compared.equal, ...compared.range]
  if (planNodes({ root: node }).some(({ type }) => type === 'BitmapOr') && missing.length > 0) {
    return `Add ${quoteColumns(missing)} to each of the indexes ${scans.map(({ index }) => index).join(', ')}`
  }
  if (missing.length === 0 || compared.alternative) return partialIndexRemedy(plan, node, [...found.equal, ...found.range], filter)
  return indexRemedy(
    plan,
    node,
    [...conditions, filter],
    limitAbove(plan, node) === undefined ? orderAbove(plan, node) : orderGiven(plan, node),
  )
}
