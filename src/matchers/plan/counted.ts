import { plural } from '../../primitives/plural.js'
import type { Plan, PlanBuffers } from '../../plan/plan.js'
import { unjudgeable } from '../message/evidence.js'
import { statementLines } from '../message/plan-excerpt.js'
import { rowsOf } from '../../plan/work.js'

/**
 * For matchers that judge what was counted, not what was estimated.
 *
 * @throws {HotbedError} `ERR_HOTBED_EVIDENCE` when the statement was not executed
 */
export function refuseUncounted(plan: Plan, matcher: string): void {
  if (plan.analyzed) return
  throw unjudgeable(
    [`${matcher} judges what was counted, and this plan is only an estimate: the statement was not executed.`, ...statementLines(plan)],
    'Explain it without { analyze: false }, or record the statement.',
  )
}

/**
 * The blocks that the whole plan touched, those of planning not among them.
 *
 * @throws {HotbedError} `ERR_HOTBED_EVIDENCE` when the statement was not executed, or its buffers were not counted
 */
export function countedBuffers(plan: Plan, matcher: string): PlanBuffers {
  refuseUncounted(plan, matcher)
  const buffers = plan.root.actual?.buffers?.cumulative
  if (buffers !== undefined) return buffers
  throw unjudgeable(
    [`${matcher} judges buffers, and this plan has none: they were not counted.`, ...statementLines(plan)],
    'EXPLAIN it with (ANALYZE, BUFFERS), as postgres.explain does.',
  )
}

/** What a statement gave back, or wrote: `to return 60 rows`, `to update 1 row`. */
export interface PlanOutcome {
  readonly rows: number
  readonly text: string
}

/** The rows that a plan was executed for. Of a statement that writes and returns nothing they are those that it wrote. */
export function outcomeOf({ root }: Plan): PlanOutcome {
  const writes = root.type === 'ModifyTable' && rowsOf(root) === 0
  const rows = writes ? root.children.reduce((sum, child) => sum + rowsOf(child), 0) : rowsOf(root)
  return { rows, text: `to ${writes ? (root.operation ?? 'write').toLowerCase() : 'return'} ${countRows(rows)}` }
}

/** `1 row`, `4,999 rows`. */
export function countRows(rows: number): string {
  return plural(rows, 'row')
}
