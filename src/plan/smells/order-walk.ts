import type { Plan, PlanNode } from '../plan.js'
import { comparedColumns } from './compared-columns.js'
import { limitAbove } from './limit-above.js'

/**
 * The Limit for whose order a node walks along an index: no condition of it names a value, rows that do not fit are thrown away on the way.
 * PostgreSQL finds a minimum and maximum in the same way, by an InitPlan.
 */
export function limitOfOrderWalk(plan: Plan, node: PlanNode): PlanNode | undefined {
  if (!/^Index (?:Only )?Scan$/.test(node.type) || node.conditions.orderBy !== undefined) return undefined
  const limit = limitAbove(plan, node)
  const isOrdered = /\border\s+by\b/i.test(plan.sql) || limit?.parentRelationship === 'InitPlan'
  const findsByValue = comparedColumns(plan, node, [node.conditions.indexCond]).equal.length > 0
  return isOrdered && !findsByValue ? limit : undefined
}
