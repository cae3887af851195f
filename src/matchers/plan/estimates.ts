import type { Plan, PlanNode } from '../../plan/plan.js'

/** How far the planner was off at a node, per loop. */
export interface EstimateError {
  readonly node: PlanNode
  readonly estimated: number
  readonly actual: number
  /** How many times too many, or too few: never below 1. The q-error, with both counts at least 1, as the planner's are. */
  readonly factor: number
}

/** What can be said of a node's rows. */
interface Sight {
  /** Whoever asked for its rows may have stopped asking, so that fewer than estimated say nothing. */
  readonly mayStopEarly: boolean
  /** Rows were asked for again and counted again (a Merge Join goes back for duplicates), so that more than estimated say nothing. */
  readonly mayRepeat: boolean
}

const ALL: Sight = { mayStopEarly: false, mayRepeat: false }

/** They read all that is below them before they give a row. */
const BLOCKING = new Set(['Sort', 'Hash', 'Bitmap Index Scan', 'BitmapAnd', 'BitmapOr', 'Bitmap Heap Scan'])

/** Their `Actual Rows` are no count of rows (always 0, or 0 unless there is a RETURNING), or are judged at the node above. */
const UNCOUNTED = new Set(['Bitmap Index Scan', 'BitmapAnd', 'BitmapOr', 'ModifyTable', 'Hash', 'Memoize'])

/**
 * How far the planner was off at every node that can be judged, farthest first. Estimates are of one loop that is carried to its end; what
 * PostgreSQL counts is not always: see "Using EXPLAIN, Caveats" in its manual. Left out are nodes that were never executed; and nodes below a
 * LIMIT, a semi-join, an EXISTS or a merge join, as far as a difference may come from that. `mayStopEarly`: whoever ran the whole plan may have
 * stopped, too.
 */
export function estimateErrors(plan: Plan, { mayStopEarly }: { readonly mayStopEarly: boolean }): readonly EstimateError[] {
  const errors: EstimateError[] = []
  const visit = (node: PlanNode, sight: Sight): void => {
    const error = errorOf(node, sight)
    if (error !== undefined) errors.push(error)
    node.children.forEach((child, position) => visit(child, sightOf(child, node, position, sight)))
  }
  visit(plan.root, { ...ALL, mayStopEarly })
  return errors.toSorted((a, b) => b.factor - a.factor)
}

function errorOf(node: PlanNode, { mayStopEarly, mayRepeat }: Sight): EstimateError | undefined {
  if (node.actual === undefined || node.actual.loops === 0 || UNCOUNTED.has(node.type)) return undefined
  const estimated = Math.max(node.estimatedRows, 1)
  const actual = Math.max(node.actual.rowsPerLoop, 1)
  if ((mayStopEarly && actual < estimated) || (mayRepeat && actual > estimated)) return undefined
  return { node, estimated, actual: node.actual.rowsPerLoop, factor: Math.max(estimated / actual, actual / estimated) }
}

function sightOf(child: PlanNode, parent: PlanNode, position: number, above: Sight): Sight {
  if (child.parentRelationship === 'SubPlan' || child.parentRelationship === 'InitPlan') {
    // A CTE is read as far as it is asked for, an EXISTS to its first row.
    return { ...ALL, mayStopEarly: true }
  }
  if (BLOCKING.has(parent.type)) return ALL
  if (parent.type === 'Aggregate' && parent.strategy !== 'Sorted') return ALL
  if (parent.type === 'Limit') return { ...above, mayStopEarly: true }
  const { joinType } = parent
  if (parent.type === 'Merge Join') return { mayStopEarly: true, mayRepeat: position === 1 }
  if (parent.type === 'Nested Loop' && position === 1) {
    const firstMatchOnly = joinType === 'Semi' || joinType === 'Anti' || parent.raw['Inner Unique'] === true
    return firstMatchOnly ? { ...above, mayStopEarly: true } : above
  }
  // Without a row on the other side, this one is not read to its end.
  if (parent.type === 'Hash Join' && position === 0 && parent.children[1]?.actual?.rows === 0) return { ...above, mayStopEarly: true }
  return above
}
