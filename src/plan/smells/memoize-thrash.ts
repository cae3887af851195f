import { readConditionColumns } from '../condition-columns.js'
import { quoteName } from '../../primitives/sql-name.js'
import type { Plan, PlanNode } from '../plan.js'
import { readNumber } from '../explain-json.js'
import { formatCount } from '../print.js'
import { planNodes } from '../walk.js'
import { relationName } from './relation-name.js'
import { MANY_ROWS } from './rows-examined.js'
import type { Smell } from './smell.js'

/** So many lookups of which not one in ten finds its row are kept for nothing. */
const LOOKUPS_PER_HIT = 10

/** Memoize keeps the rows of each value it has looked up, and hardly ever meets a value again. */
export const memoizeThrash: Smell = {
  id: 'memoize-thrash',
  title: 'Memoize keeps rows that are never asked for again',
  find: (plan) =>
    planNodes(plan).flatMap((node) => {
      if (node.type !== 'Memoize') return []
      const count = (name: string): number => countOf(node, name)
      const [hits, misses, evictions] = [count('Cache Hits'), count('Cache Misses'), count('Cache Evictions')]
      if (misses < MANY_ROWS || hits * LOOKUPS_PER_HIT > hits + misses) return []
      const evicted = evictions === 0 ? '' : `, and makes room ${formatCount(evictions)} times`
      return [
        {
          node,
          text: `looks up ${formatCount(hits + misses)} values of ${node.conditions.cacheKey ?? 'its key'} and meets ${formatCount(hits)} of them again${evicted}`,
          remedy: remedyFor(plan, node),
        },
      ]
    }),
}

/** With parallel workers each has a cache of its own. */
function countOf({ raw }: PlanNode, name: string): number {
  const workers: readonly unknown[] = Array.isArray(raw['Workers']) ? raw['Workers'] : []
  return [raw, ...workers].reduce<number>((sum, one) => sum + (readNumber(one as PlanNode['raw'], name) ?? 0), 0)
}

/** The planner thought there were few values: it was told so by the statistics of the outer table. */
function remedyFor(plan: Plan, { conditions }: PlanNode): string {
  const [key, ...more] = readConditionColumns(conditions.cacheKey ?? '')
  const { alias, column } = key?.expression === undefined && more.length === 0 ? { ...key } : {}
  const outer = planNodes(plan).find(({ relation }) => relation !== undefined && relation.alias === alias)
  if (outer === undefined || column === undefined)
    return 'ANALYZE the outer table, so that the planner knows how many different values there are'
  const table = relationName(plan, outer)
  return `ALTER TABLE ${table} ALTER ${quoteName(column)} SET STATISTICS 1000, or SET (n_distinct = …) where that is not enough; then ANALYZE ${table}`
}
