import type { Plan, PlanNode } from '../../plan/plan.js'
import { tableReads } from '../../plan/walk.js'
import { rowsOf } from './counted.js'

/** A node that reads a table, and how many rows it looked at, over all loops. */
export interface ExaminedRows {
  readonly node: PlanNode
  readonly rows: number
}

/**
 * The rows that a plan looked at where it reads tables, most first: those it went on with and those it threw away. A bitmap counts once, at
 * the heap scan; rows that later nodes pass on, join or sort are not counted again.
 */
export function examinedRows(plan: Plan): readonly ExaminedRows[] {
  return tableReads(plan)
    .map((node) => ({ node, rows: rowsOf(node) + discardedRows(node) }))
    .toSorted((a, b) => b.rows - a.rows)
}

/** Rows that a scan read and threw away, over all loops. */
export function discardedRows({ actual }: PlanNode): number {
  return (actual?.rowsRemoved.byFilter ?? 0) + (actual?.rowsRemoved.byIndexRecheck ?? 0)
}
