import type { Plan, PlanNode } from './plan.js'
import { tableReads } from './walk.js'

/**
 * Rows that a plan looked at where it reads tables, over all loops: those it went on with and those it threw away. A bitmap counts at its heap
 * scan; rows that later nodes join, sort or pass on are not counted again. 0 for a plan that was not executed.
 */
export function countExaminedRows(plan: Plan): number {
  return tableReads(plan).reduce((sum, node) => sum + examinedBy(node), 0)
}

function examinedBy({ actual }: PlanNode): number {
  if (actual === undefined) return 0
  return actual.rows + actual.rowsRemoved.byFilter + actual.rowsRemoved.byIndexRecheck
}
