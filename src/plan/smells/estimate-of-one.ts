import type { PlanNode } from '../plan.js'
import { formatCount } from '../print.js'
import { planNodes } from '../walk.js'
import { MANY_ROWS } from './rows-examined.js'
import type { Smell } from './smell.js'
import { statisticsRemedy, worstScan } from './statistics-remedy.js'

/** One row is expected to drive a Nested Loop, and many do: the inner side runs once for each. */
export const estimateOfOne: Smell = {
  id: 'estimate-of-one',
  title: 'One row is expected to drive a Nested Loop, and many do',
  find: (plan) =>
    planNodes(plan).flatMap((loop) => {
      const [outer, inner] = loop.children
      if (loop.type !== 'Nested Loop' || outer?.actual === undefined || inner === undefined) return []
      if (outer.estimatedRows > 1 || outer.actual.rows < MANY_ROWS || outer.actual.rowsPerLoop < MANY_ROWS / 10) return []
      const scan = worstScan(outer)
      return [
        {
          node: outer,
          text: `expects 1 row and ${formatCount(outer.actual.rows)} came: ${describeInner(inner)} ran ${formatCount(inner.actual?.loops ?? 0)} times`,
          remedy: scan === undefined ? 'Join to a table instead, which has statistics' : statisticsRemedy(plan, scan),
        },
      ]
    }),
}

function describeInner(inner: PlanNode): string {
  const scan = planNodes({ root: inner }).find(({ relation }) => relation !== undefined)
  return scan === undefined ? inner.type : `${inner.type} on ${scan.relation?.table}`
}
