import type { Plan, PlanNode } from './plan.js'
import { planNodes } from './walk.js'

/** The node that itself read the most buffers, without what is below it; of a plan that was not executed, the one that adds most to the cost. */
export function heaviestNode(plan: Pick<Plan, 'root'>): PlanNode {
  const own = ({ actual, cost, children }: PlanNode): number =>
    actual === undefined ? cost.total - children.reduce((sum, child) => sum + child.cost.total, 0) : (actual.buffers?.own.total ?? 0)
  return planNodes(plan).reduce((heaviest, node) => (own(node) > own(heaviest) ? node : heaviest))
}
