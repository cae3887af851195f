import type { Plan, PlanNode } from '../plan.js'
import { formatCount } from '../print.js'
import { pathTo, planNodes, tableReads } from '../walk.js'
import { relationName } from './relation-name.js'
import { MANY_ROWS } from './rows-examined.js'
import type { Smell } from './smell.js'

/** SELECT … FOR UPDATE that locks as many rows as there happen to be. Each lock is written into its row. */
export const wideRowLocking: Smell = {
  id: 'wide-row-locking',
  title: 'Rows are locked without a limit',
  find: (plan) =>
    planNodes(plan).flatMap((node) => {
      const rows = node.type === 'LockRows' ? (node.actual?.rows ?? 0) : 0
      const bounded = pathTo(plan, node).some(({ type }) => type === 'Limit')
      if (rows < MANY_ROWS || bounded) return []
      return [
        {
          node,
          text: `locks ${formatCount(rows)} rows of ${lockable(plan, node).join(', ')}, as many as there are`,
          remedy: remedyFor(plan, node),
        },
      ]
    }),
}

function lockable(plan: Plan, node: PlanNode): readonly string[] {
  const below = planNodes({ root: node })
  return [
    ...new Set(
      tableReads(plan)
        .filter((read) => below.includes(read))
        .map((read) => relationName(plan, read)),
    ),
  ]
}

function remedyFor(plan: Plan, node: PlanNode): string {
  const batches = 'ORDER BY … LIMIT 100 FOR UPDATE SKIP LOCKED, and again until none are left; or UPDATE them without locking first'
  const tables = lockable(plan, node)
  // Without OF the rows of every joined table are locked.
  const all = tables.length > 1 && !/\bfor\s+(?:no\s+key\s+)?(?:update|share|key\s+share)\s+of\b/i.test(plan.sql)
  return all ? `FOR UPDATE OF one table, where not all of ${tables.join(', ')} are changed; ${batches}` : batches
}
