import type { Plan, PlanNode } from '../plan.js'
import { tableOf } from '../walk.js'

/** The table of a node as DDL takes it, that of all partitions for one of them: `orders`, `shop."Orders"`. */
export function relationName(plan: Plan, node: PlanNode): string {
  const table = tableOf(plan, node)
  const { schema, name } = table?.root ?? table ?? { schema: node.relation?.schema, name: node.relation?.table ?? '' }
  return schema === undefined || schema === 'public' ? quoteName(name) : `${quoteName(schema)}.${quoteName(name)}`
}

/** The table or partition itself, which is what statistics are of. */
export function ownRelationName(plan: Plan, node: PlanNode): string {
  const { schema, name } = tableOf(plan, node) ?? { schema: node.relation?.schema, name: node.relation?.table ?? '' }
  return schema === undefined || schema === 'public' ? quoteName(name) : `${quoteName(schema)}.${quoteName(name)}`
}

/** Quoted where PostgreSQL would fold it. */
export function quoteName(name: string): string {
  return /^[a-z_][a-z0-9_$]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`
}
