import { createIndex } from '../../primitives/create-index.js'
import { formatCount } from '../print.js'
import { planNodes } from '../walk.js'
import { ownComparisons, type OwnComparison } from './own-comparisons.js'
import { relationName } from './relation-name.js'
import { isSmallTable, isWasteful, rowsExamined, tableRows } from './rows-examined.js'
import type { Smell } from './smell.js'

/** A column is wrapped before it is compared, so that an index of the column cannot find the rows. */
export const nonSargablePredicate: Smell = {
  id: 'non-sargable-predicate',
  title: 'A column is wrapped before it is compared',
  find: (plan) =>
    planNodes(plan).flatMap((node) => {
      const { filter } = node.conditions
      const rows = rowsExamined(node, node.type === 'Seq Scan' ? tableRows(plan, node) : undefined)
      if (filter === undefined || node.relation === undefined || rows === undefined || !isWasteful(rows) || isSmallTable(plan, node))
        return []
      const table = relationName(plan, node)
      return ownComparisons(plan, node, [filter])
        .filter((one) => !one.isBare && !one.alternative && one.kind !== 'other' && one.value !== undefined)
        .map((one) => ({
          node,
          text: `compares ${one.indexable} instead of ${one.column}, and reads ${formatCount(rows.examined)} rows of ${table} to return ${formatCount(rows.returned)}`,
          remedy: remedyFor(one, table),
        }))
    }),
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
