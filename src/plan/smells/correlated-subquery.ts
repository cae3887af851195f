import type { Plan, PlanNode } from '../plan.js'
import { formatCount } from '../print.js'
import { planNodes } from '../walk.js'
import { buffersOf } from '../work.js'
import { comparedColumns } from './compared-columns.js'
import { indexRemedy, quoteColumns } from './index-remedy.js'
import { relationName } from './relation-name.js'
import type { Smell } from './smell.js'

/** A page of a list may ask something for each of its rows; this many runs, or buffers, are no page any more. */
const MANY_RUNS = 1000
const MANY_BUFFERS = 10_000

/** A subquery that refers to the row outside runs once for each. */
export const correlatedSubquery: Smell = {
  id: 'correlated-subquery',
  title: 'A subquery runs once for each row',
  find: (plan) =>
    planNodes(plan).flatMap((node) => {
      const runs = node.actual?.loops ?? 0
      const buffers = buffersOf({ root: node })
      if (node.subplanName?.startsWith('SubPlan') !== true || runs < 2 || (runs < MANY_RUNS && buffers < MANY_BUFFERS)) return []
      return [
        {
          node,
          text: `runs ${node.subplanName} ${formatCount(runs)} times${buffers === 0 ? '' : `, ${formatCount(buffers)} buffers`}`,
          remedy: remedyFor(plan, node),
        },
      ]
    }),
}

function remedyFor(plan: Plan, subplan: PlanNode): string {
  const scan = planNodes({ root: subplan }).find(({ relation }) => relation !== undefined)
  if (scan === undefined) return 'Join once, instead of asking for each row'
  const below = planNodes({ root: scan }).flatMap(({ conditions: { indexCond, filter } }) => [indexCond, filter])
  const { equal } = comparedColumns(plan, scan, below)
  const table = relationName(plan, scan)
  const columns = quoteColumns(equal.slice(0, 1))
  const join = columns === '' ? `Join ${table} once` : `Join it once: LEFT JOIN (SELECT ${columns}, … FROM ${table} GROUP BY ${columns})`
  const index = scan.type === 'Seq Scan' && equal.length > 0 ? `, or ${indexRemedy(plan, scan, below, [])}` : ''
  return `${join}${index}`
}
