import type { Plan, PlanNode } from '../plan.js'
import { formatCount } from '../print.js'
import { planNodes } from '../walk.js'
import { comparedColumns } from './compared-columns.js'
import { indexRemedy } from './index-remedy.js'
import type { Smell } from './smell.js'

/** Pairs that are compared in vain: so many in all, and so many for each that is kept. */
const MANY_PAIRS = 10_000
const PAIRS_PER_ROW = 10

/** A join builds pairs of rows only to throw nearly all of them away: its work grows with the product of both sides. */
export const joinFilterDiscards: Smell = {
  id: 'join-filter-discards',
  title: 'A join builds pairs of rows only to throw them away',
  find: (plan) =>
    planNodes(plan).flatMap((node) => {
      const { joinFilter } = node.conditions
      if (joinFilter === undefined) return []
      const { kept, pairs } = pairsOf(node)
      if (pairs - kept < MANY_PAIRS || pairs < PAIRS_PER_ROW * Math.max(kept, 1)) return []
      return [
        {
          node,
          text: `compares ${formatCount(pairs)} pairs of rows to keep ${formatCount(kept)}`,
          remedy: remedyFor(plan, node, joinFilter),
        },
      ]
    }),
}

function pairsOf({ type, actual, estimatedRows, children }: PlanNode): { readonly kept: number; readonly pairs: number } {
  if (actual !== undefined) return { kept: actual.rows, pairs: Math.round(actual.rows + actual.rowsRemoved.byJoinFilter) }
  // Other joins expect to meet fewer pairs than there are, and do not tell how many.
  const [outer, inner] = children
  const pairs = type === 'Nested Loop' ? (outer?.estimatedRows ?? 0) * (inner?.estimatedRows ?? 0) : estimatedRows
  return { kept: estimatedRows, pairs }
}

function remedyFor(plan: Plan, join: PlanNode, joinFilter: string): string {
  const scans = planNodes({ root: join }).filter(({ relation }) => relation !== undefined)
  const compared = scans.map((scan) => ({ scan, ...comparedColumns(plan, scan, [joinFilter]) }))
  if (compared.some(({ alternative }) => alternative)) {
    return `Join once for each side of the OR, and put the two together by UNION: ${joinFilter}`
  }
  const [, inner] = join.children
  const isInner = (scan: PlanNode): boolean => inner !== undefined && planNodes({ root: inner }).includes(scan)
  const indexable = compared.filter(({ equal, range }) => equal.length + range.length > 0)
  const best = indexable.find(({ scan }) => isInner(scan)) ?? indexable[0]
  return best === undefined
    ? `Join by = between columns, which can be hashed, instead of ${joinFilter}`
    : indexRemedy(plan, best.scan, [joinFilter], [])
}
