import type { Plan, PlanNode } from '../plan.js'
import { pathTo } from '../walk.js'

/** Nodes that hand rows on as they come, so that a Limit above stops what is below them. */
const STREAMING = ['LockRows', 'Result', 'ProjectSet', 'Subquery Scan', 'Append', 'Merge Append', 'Nested Loop', 'Gather', 'Gather Merge']

/** The Limit that a node's rows reach in the order in which it gives them. */
export function limitAbove(plan: Plan, node: PlanNode): PlanNode | undefined {
  const path = pathTo(plan, node)
  for (let at = path.length - 2; at >= 0; at--) {
    const above = path[at]
    if (above?.type === 'Limit') return above
    const isInner = above?.type === 'Nested Loop' && path[at + 1]?.parentRelationship !== 'Outer'
    if (above === undefined || isInner || !STREAMING.includes(above.type)) return undefined
  }
  return undefined
}
