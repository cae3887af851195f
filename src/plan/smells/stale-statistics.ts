import { tableOf, tableReads } from '../walk.js'
import { ownRelationName } from './relation-name.js'
import type { Smell } from './smell.js'
import { staleness } from './statistics-state.js'

/** The planner was told nothing of a table, or of one of another size: its plan is a guess. */
export const staleStatistics: Smell = {
  id: 'stale-statistics',
  title: 'The planner has no statistics of a table, or old ones',
  find: (plan) => {
    const told = new Set<unknown>()
    return tableReads(plan).flatMap((node) => {
      const table = tableOf(plan, node)
      const wrong = table === undefined || told.has(table) ? undefined : staleness(table)
      told.add(table)
      if (wrong === undefined) return []
      const name = ownRelationName(plan, node)
      return [{ node, text: `${name} ${wrong}`, remedy: `ANALYZE ${name}` }]
    })
  },
}
