import { quoteName } from '../../primitives/sql-name.js'
import { withoutQualifier } from '../conditions.js'
import { readConditionColumns, type ConditionColumn } from '../condition-columns.js'
import type { Plan, PlanNode } from '../plan.js'
import { tableOf } from '../walk.js'

/** A comparison of a column of a node's own table. */
export interface OwnComparison extends ConditionColumn {
  /** `format_type` of the column, where the catalogue is known. */
  readonly type: string | undefined
  /**
   * What is compared, as an index takes it: the column, or an expression. A `varchar` is compared as text and its index serves all the same; every
   * other cast converts.
   */
  readonly indexable: string
  readonly isBare: boolean
}

/** Every comparison in the conditions of a node that has a column of the node's table on one side. */
export function ownComparisons(plan: Plan, node: PlanNode, conditions: readonly (string | undefined)[]): readonly OwnComparison[] {
  const { columns = [], types = [] } = tableOf(plan, node) ?? {}
  return conditions
    .flatMap((text) => (text === undefined ? [] : readConditionColumns(text)))
    .filter(({ alias, column }) => (alias === undefined || alias === node.relation?.alias) && columns.includes(column))
    .map((one) => {
      const type = types[columns.indexOf(one.column)]
      const isBare = one.expression === undefined || (one.cast === 'text' && type?.startsWith('character varying') === true)
      return {
        ...one,
        type,
        isBare,
        indexable: isBare ? quoteName(one.column) : withoutQualifier(one.expression ?? '', node.relation?.alias ?? ''),
      }
    })
}
