import type { Plan, PlanNode } from '../plan.js'
import { planNodes } from '../walk.js'
import { isWasteful, type RowsExamined } from './rows-examined.js'

/** A table that is read whole to be joined to few rows. */
export interface JoinedScan {
  readonly node: PlanNode
  /** The condition of the join. */
  readonly condition: string
  /** All rows of the table, and those that found a partner. */
  readonly rows: RowsExamined
}

/**
 * Tables of which a Hash Join reads all rows although the other side has so few that each could look up its own: what a foreign key without an
 * index looks like. Their scans have no filter, and throw nothing away themselves.
 */
export function joinedScans(plan: Plan): readonly JoinedScan[] {
  return planNodes(plan).flatMap((join) => {
    const condition = join.conditions.hashCond
    const [outer, hash] = join.children
    const inner = hash?.children[0]
    if (condition === undefined || outer === undefined || inner === undefined) return []
    return [
      { node: outer, other: inner },
      { node: inner, other: outer },
    ].flatMap(({ node, other }) => {
      const examined = rowsOf(node)
      // Where the other side has more rows, reading the table once is right, whatever indexes there are.
      const isWhole = node.type === 'Seq Scan' && isWasteful({ examined, returned: rowsOf(other) })
      const rows = { examined, returned: rowsOf(join) }
      return isWhole && isWasteful(rows) ? [{ node, condition, rows }] : []
    })
  })
}

function rowsOf({ actual, estimatedRows }: PlanNode): number {
  return actual?.rows ?? estimatedRows
}
