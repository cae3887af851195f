import type { Plan, PlanNode } from '../plan.js'
import { tableOf } from '../walk.js'
import { rowsOf, discardedRows } from '../work.js'

/** Less than this is no work, whatever the ratio: a fixture of a few hundred rows does not smell. */
export const MANY_ROWS = 1000

/** So many rows read for each one returned are what an index saves. Below it, reading in order is as good. */
const MANY_PER_ROW = 20

/** Pages of 8 kB up to which a table is cheapest read whole. */
export const FEW_PAGES = 10

/** What a node reads, over all loops, and what it gives on. */
export interface RowsExamined {
  readonly examined: number
  readonly returned: number
}

/** Rows that were counted; of a plan that was only estimated, `expected` (the planner's own numbers, where they tell). */
export function rowsExamined(node: PlanNode, expected: number | undefined): RowsExamined | undefined {
  if (node.actual !== undefined) return { examined: Math.round(rowsOf(node) + discardedRows(node)), returned: rowsOf(node) }
  return expected === undefined ? undefined : { examined: Math.round(expected), returned: node.estimatedRows }
}

/** Nearly all of many rows are thrown away. */
export function isWasteful({ examined, returned }: RowsExamined): boolean {
  return examined - returned >= MANY_ROWS && examined >= MANY_PER_ROW * Math.max(returned, 1)
}

/** By the size that the planner had, which is the projected one of a projected table. Without the catalogue, by what was read. */
export function isSmallTable(plan: Plan, node: PlanNode): boolean {
  const table = tableOf(plan, node)
  if (table !== undefined) return Math.max(table.relpages, table.pages) <= FEW_PAGES
  const { actual } = node
  return actual?.buffers !== undefined && actual.buffers.own.total <= FEW_PAGES * actual.loops
}

/** `pg_class.reltuples` where the table was ever analysed. */
export function tableRows(plan: Plan, node: PlanNode): number | undefined {
  const rows = tableOf(plan, node)?.reltuples ?? -1
  return rows < 0 ? undefined : rows
}
