import type { Plan, PlanNode } from '../plan.js'
import { planNodes } from '../walk.js'
import { relationName } from './relation-name.js'
import { isSmallTable, isWasteful, rowsExamined, tableRows, type RowsExamined } from './rows-examined.js'

/** A scan that throws away most of what it reads. */
export interface WastefulFilter {
  readonly node: PlanNode
  readonly filter: string
  readonly rows: RowsExamined
  /** As it is written in a statement. */
  readonly table: string
}

/** Every scan of a plan whose filter throws away so much that it matters; small tables are left alone. */
export function wastefulFilters(plan: Plan): readonly WastefulFilter[] {
  return planNodes(plan).flatMap((node) => {
    const { filter } = node.conditions
    const rows = rowsExamined(node, node.type === 'Seq Scan' ? tableRows(plan, node) : undefined)
    if (filter === undefined || node.relation === undefined || rows === undefined) return []
    return !isWasteful(rows) || isSmallTable(plan, node) ? [] : [{ node, filter, rows, table: relationName(plan, node) }]
  })
}
