import { createIndex } from '../../primitives/create-index.js'
import { formatCount } from '../print.js'
import { ownComparisons, type OwnComparison } from './own-comparisons.js'
import type { Smell } from './smell.js'
import { wastefulFilters } from './wasteful-filters.js'

/** A column is wrapped before it is compared, so that an index of the column cannot find the rows. */
export const nonSargablePredicate: Smell = {
  id: 'non-sargable-predicate',
  title: 'A column is wrapped before it is compared',
  find: (plan) =>
    wastefulFilters(plan).flatMap(({ node, filter, rows, table }) =>
      ownComparisons(plan, node, [filter])
        .filter((one) => !one.isBare && !one.alternative && one.kind !== 'other' && one.value !== undefined)
        .map((one) => ({
          node,
          text: `compares ${one.indexable} instead of ${one.column}, and reads ${formatCount(rows.examined)} rows of ${table} to return ${formatCount(rows.returned)}`,
          remedy: remedyFor(one, table),
        })),
    ),
}

const POINT_IN_TIME = /^(?:timestamp|date)/
const ARITHMETIC = /^[\w".]+ [-+*/] (?:'[^']*'(?:::[\w ]+)?|[\d.]+)$/

function remedyFor(one: OwnComparison, table: string): string {
  const { column, indexable, type } = one
  // What a point in time is cut to depends on the time zone, so that PostgreSQL refuses an index of it.
  if (type !== undefined && POINT_IN_TIME.test(type)) return `Ask for a range of the bare column: ${column} >= … AND ${column} < …`
  if (one.cast !== undefined)
    return `Give the value in the column's own type: ${column} ${one.operator} …${type === undefined ? '' : `::${type}`}`
  if (ARITHMETIC.test(indexable)) return `Calculate on the side of the value, and compare ${column} as it is`
  return createIndex({ on: table, columns: [one.indexable] })
}
