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

/** A plan in one line, from the top: `Limit ← Index Scan orders_pkey`. Of partitions, which are alike, only the first is named. */
export function outlineOf({ root }: Pick<Plan, 'root'>): string {
  const visit = ({ type, index, relation, strategy, children }: PlanNode): string => {
    const name = index ?? relation?.table
    const own = `${type === 'Aggregate' && strategy === 'Hashed' ? 'HashAggregate' : type}${name === undefined ? '' : ` ${name}`}`
    const below = (type === 'Append' || type === 'Merge Append' ? children.slice(0, 1) : children).map(visit)
    if (below.length === 0) return own
    return `${own} ← ${below.length === 1 ? below[0] : `(${below.join(', ')})`}`
  }
  return visit(root)
}
