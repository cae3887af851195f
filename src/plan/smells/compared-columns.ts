import type { Plan, PlanNode } from '../plan.js'
import { ownComparisons, type OwnComparison } from './own-comparisons.js'

/** The columns of a node's own table that its conditions compare, by name and in the order of the text. */
export interface ComparedColumns {
  /** `=`, `= ANY`, `IS NULL`. */
  readonly equal: readonly string[]
  /** `<`, `<=`, `>`, `>=`. */
  readonly range: readonly string[]
  /** `<>`, `LIKE`, regular expressions, `IS NOT NULL`: known to statistics, but not to an index. */
  readonly other: readonly string[]
  /** Any one of the comparisons is enough: there is an `OR`. */
  readonly alternative: boolean
}

/** Columns that stand in a function or a cast to another type are not compared as an index has them and are left out. */
export function comparedColumns(plan: Plan, node: PlanNode, conditions: readonly (string | undefined)[]): ComparedColumns {
  const comparisons = ownComparisons(plan, node, conditions)
  const columnsOf = (kind: OwnComparison['kind']): readonly string[] =>
    comparisons.filter((one) => one.isBare && one.kind === kind).map(({ column }) => column)
  const equal = new Set(columnsOf('equality'))
  const range = new Set(columnsOf('range').filter((name) => !equal.has(name)))
  const other = new Set(columnsOf('other').filter((name) => !equal.has(name) && !range.has(name)))
  return { equal: [...equal], range: [...range], other: [...other], alternative: comparisons.some(({ alternative }) => alternative) }
}
