import type { Plan, PlanNode } from '../plan.js'
import { formatCount } from '../print.js'
import { pathTo, planNodes } from '../walk.js'
import { ownRelationName } from './relation-name.js'
import { MANY_ROWS } from './rows-examined.js'
import type { Smell } from './smell.js'
import { statisticsRemedy, underestimation } from './statistics-remedy.js'

/** An order of magnitude: by then other joins and other indexes are chosen than for the true number. */
const FACTOR = 10

/**
 * The rows that a scan of a table returns are not those that were expected. Scans only: what is wrong above them begins there, or is of a join,
 * for which PostgreSQL keeps no statistics.
 */
export const rowMisestimate: Smell = {
  id: 'row-misestimate',
  title: 'Rows of a table are far more, or far fewer, than expected',
  find: (plan) =>
    plan.generic
      ? []
      : planNodes(plan).flatMap((node) => {
          const { actual, estimatedRows, relation } = node
          if (actual === undefined || actual.loops === 0 || relation === undefined || node.type === 'ModifyTable') return []
          const many = Math.max(actual.rows, estimatedRows * actual.loops) >= MANY_ROWS
          const over = estimatedRows / Math.max(actual.rowsPerLoop, 1)
          const under = underestimation(node)
          const factor = Math.max(under, over)
          if (!many || factor < FACTOR || (over > under && !readsToTheEnd(plan, node))) return []
          const perLoop = actual.loops > 1 ? ' each time' : ''
          return [
            {
              node,
              text: `expects ${formatCount(estimatedRows)} rows of ${ownRelationName(plan, node)}${perLoop} and ${formatCount(actual.rowsPerLoop)} came, ${formatCount(Math.round(factor))} times ${under > over ? 'more' : 'fewer'}`,
              remedy: statisticsRemedy(plan, node),
            },
          ]
        }),
}

const EXHAUSTING = [
  'Aggregate',
  'Sort',
  'Hash',
  'Gather',
  'Gather Merge',
  'ModifyTable',
  'WindowAgg',
  'Unique',
  'Append',
  'Subquery Scan',
  'Hash Join',
]

/** Fewer rows than expected say nothing where a node above may have stopped asking: LIMIT, EXISTS, a merge whose other side ended. */
function readsToTheEnd(plan: Plan, node: PlanNode): boolean {
  const path = pathTo(plan, node)
  if (path.some(({ parentRelationship }) => parentRelationship === 'SubPlan' || parentRelationship === 'InitPlan')) return false
  // The outer side of a Hash Join is not read when nothing was hashed.
  return path
    .slice(0, -1)
    .every(({ type, children }) => EXHAUSTING.includes(type) && children.every((child) => type !== 'Hash Join' || child.actual?.rows !== 0))
}
