import type { Plan, PlanNode } from '../../../../src/plan/plan.js'

/** What two plans must have in common to be the same: nodes, relations, indexes, joins and their order, sort and group keys. */
export function shapeOf({ root }: Pick<Plan, 'root'>): string {
  const visit = (node: PlanNode, depth: number): readonly string[] => {
    const { type, relation, index, joinType, strategy, scanDirection, conditions, subplanName } = node
    const parts = [
      type,
      strategy,
      joinType,
      scanDirection === 'Backward' ? 'backward' : undefined,
      relation === undefined ? undefined : `on ${relation.table} ${relation.alias}`,
      index === undefined ? undefined : `using ${index}`,
      conditions.sortKey === undefined ? undefined : `by ${conditions.sortKey}`,
      conditions.presortedKey === undefined ? undefined : `presorted ${conditions.presortedKey}`,
      conditions.groupKey === undefined ? undefined : `per ${conditions.groupKey}`,
      conditions.indexCond === undefined ? undefined : 'with index cond',
      subplanName,
    ]
    return [
      `${'  '.repeat(depth)}${parts.filter((part) => part !== undefined).join(' ')}`,
      ...node.children.flatMap((child) => visit(child, depth + 1)),
    ]
  }
  return visit(root, 0).join('\n')
}
