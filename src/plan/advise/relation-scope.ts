import type { ConditionColumn } from '../condition-columns.js'
import { withoutQualifier } from '../conditions.js'
import type { PlanNode } from '../plan.js'

/** A column, or an expression, as it would stand in an index. */
export interface DemandedColumn {
  readonly text: string
  /** The column alone, where the expression is nothing but a cast of it: an index on either may serve. */
  readonly bare: string | undefined
  readonly condition: ConditionColumn
  /** The comparison, without the relation's name. */
  readonly predicate: string
}

/** What belongs to one relation of the statement. */
export interface RelationScope {
  readonly owns: (column: { readonly alias: string | undefined }) => boolean
  /** An expression without the relation's name. */
  readonly strip: (text: string) => string
  readonly column: (condition: ConditionColumn) => DemandedColumn
}

/** The scope of the relation that `node` reads. */
export function createScope({ relation }: PlanNode, isPartition: boolean): RelationScope {
  const alias = relation?.alias ?? ''
  // Partitions are numbered: `events_1`; what stands above them names the table itself.
  const aliases = isPartition ? [alias, alias.replace(/_\d+$/, '')] : [alias]
  const strip = (text: string): string => aliases.reduce((rest, one) => withoutQualifier(rest, one), text)
  return {
    owns: (column) => column.alias === undefined || aliases.includes(column.alias),
    strip,
    column: (condition) => ({
      text: condition.expression === undefined ? condition.column : strip(condition.expression),
      bare: condition.cast === undefined ? undefined : condition.column,
      condition,
      predicate: strip(condition.text).replaceAll(/('(?:[^']|'')*')::text\b/g, '$1'),
    }),
  }
}
