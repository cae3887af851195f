import type { Plan, PlanNode } from '../plan.js'
import { formatCount } from '../print.js'
import { planNodes } from '../walk.js'
import { limitAbove } from './limit-above.js'
import { asColumns, plainName, quoteColumns } from './index-remedy.js'
import { orderGiven } from './order-given.js'
import { MANY_ROWS } from './rows-examined.js'
import type { Smell } from './smell.js'

/** A page is so much smaller than what is skipped before it. */
const PAGES_SKIPPED = 10

/** OFFSET computes the rows that it skips. */
export const deepOffset: Smell = {
  id: 'deep-offset',
  title: 'OFFSET computes rows only to skip them',
  find: (plan) =>
    planNodes(plan).flatMap((node) => {
      const computed = node.children[0]?.actual?.rows
      if (node.type !== 'Limit' || node.actual === undefined || computed === undefined) return []
      // A Limit asks for no row more than it returns, but for those of its OFFSET.
      const skipped = computed - node.actual.rows
      if (skipped < MANY_ROWS || skipped < PAGES_SKIPPED * node.actual.rows) return []
      return [
        {
          node,
          text: `computes ${formatCount(computed)} rows and skips ${formatCount(skipped)} of them to return ${formatCount(node.actual.rows)}`,
          remedy: keysetRemedy(orderBelow(plan, node)),
        },
      ]
    }),
}

function keysetRemedy(order: readonly string[]): string {
  const columns = quoteColumns(order.map(plainName))
  const descending = order.filter((key) => key.includes(' DESC')).length
  const plain = order.every((key) => !key.includes(' NULLS '))
  if (order.length === 0 || !plain || (descending > 0 && descending < order.length)) {
    return 'Keyset pagination: WHERE <the order by columns come after those of the last row shown>, instead of OFFSET'
  }
  const places = order.map((_, at) => `$${at + 1}`).join(', ')
  const row = order.length === 1 ? [columns, places] : [`(${columns})`, `(${places})`]
  return `Keyset pagination: WHERE ${row[0]} ${descending > 0 ? '<' : '>'} ${row[1]}, the values of the last row shown, ORDER BY ${order.join(', ')}, instead of OFFSET`
}

/** What the rows are ordered by: of a Sort, or of the index that is walked. */
function orderBelow(plan: Plan, limit: PlanNode): readonly string[] {
  const below = planNodes({ root: limit })
  const keys: unknown = below.find(({ type }) => type === 'Sort' || type === 'Incremental Sort')?.raw['Sort Key']
  const sorted = below
    .filter(({ relation }) => relation !== undefined)
    .map((node) => (Array.isArray(keys) ? asColumns(plan, node, keys.map(String)) : []))
  if (Array.isArray(keys)) return sorted.find((columns) => columns.length > 0) ?? []
  const walk = below.find((node) => limitAbove(plan, node) === limit && orderGiven(plan, node).length > 0)
  return walk === undefined ? [] : orderGiven(plan, walk)
}
