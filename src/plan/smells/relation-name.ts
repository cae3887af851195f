import { quoteTable, type SqlName } from '../../primitives/sql-name.js'
import type { Plan, PlanNode } from '../plan.js'
import { tableOf } from '../walk.js'

/** The table of a node as DDL takes it, that of all partitions for one of them: `orders`, `shop."Orders"`. */
export function relationName(plan: Plan, node: PlanNode): string {
  return quoteTable(tableOf(plan, node)?.root ?? ownTable(plan, node))
}

/** The table or partition itself, which is what statistics are of. */
export function ownRelationName(plan: Plan, node: PlanNode): string {
  return quoteTable(ownTable(plan, node))
}

function ownTable(plan: Plan, node: PlanNode): SqlName {
  return tableOf(plan, node) ?? { schema: node.relation?.schema, name: node.relation?.table ?? '' }
}
