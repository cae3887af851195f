import { readConditionItems } from '../condition-items.js'
import { readOperand } from '../condition-operand.js'
import type { Plan, PlanNode } from '../plan.js'
import { indexUses } from '../walk.js'
import type { RelationScope } from './relation-scope.js'

const DIRECTION = /\s+(?:DESC|ASC)?\s*(?:NULLS (?:FIRST|LAST))?$/

/** The keys of the nearest sort above, where all of them are columns of the relation: `created_at DESC`. */
export function readSortKeys(above: readonly PlanNode[], scope: Pick<RelationScope, 'owns' | 'strip'>): readonly string[] {
  const sort = above.findLast(({ type }) => type === 'Sort' || type === 'Incremental Sort')
  const keys = sort?.raw['Sort Key']
  if (!Array.isArray(keys)) return []
  const isOwn = keys.every((key) => {
    const { columns } = readOperand(String(key), readConditionItems(String(key).replace(DIRECTION, '')))
    return columns.length > 0 && columns.every(scope.owns)
  })
  return isOwn ? keys.map((key) => scope.strip(String(key))) : []
}

/**
 * The order in which an index is walked from its end: it was chosen for that, and the rows are filtered on the way. The nodes above then have
 * no sort that would say so.
 */
export function orderOfIndex(plan: Plan, node: PlanNode, walksInVain: boolean): readonly string[] {
  const use = indexUses(plan).find((one) => one.node === node)
  const isForOrder = walksInVain || (use?.walksWholeIndex === true && node.conditions.filter !== undefined)
  if (use?.index === undefined || !isForOrder) return []
  return node.scanDirection === 'Backward' ? use.index.columns.map(reverse) : use.index.columns
}

function reverse(column: string): string {
  const [, name = column, descending, nulls] = /^(.*?)( DESC)?( NULLS (?:FIRST|LAST))?$/s.exec(column) ?? []
  const flipped = nulls === undefined ? '' : nulls === ' NULLS FIRST' ? ' NULLS LAST' : ' NULLS FIRST'
  return `${name}${descending === undefined ? ' DESC' : ''}${flipped}`
}
