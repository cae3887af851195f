import type { Plan, PlanNode } from './plan.js'
import { tableReads } from './walk.js'

/** Of a statement that was run its buffers, of one that could not be the planner's cost. */
export interface PlanWork {
  readonly count: number
  readonly unit: 'buffers' | 'cost'
}

/** What a plan costs, in what is known of it. */
export function workOf({ root }: Pick<Plan, 'root'>): PlanWork {
  const buffers = root.actual?.buffers?.cumulative.total
  return buffers === undefined ? { count: Math.round(root.cost.total), unit: 'cost' } : { count: buffers, unit: 'buffers' }
}

/** Shared buffers that a plan read in all; 0 when it was not executed. */
export function buffersOf({ root }: Pick<Plan, 'root'>): number {
  return root.actual?.buffers?.cumulative.total ?? 0
}

/** Rows that a node returned, over all loops. 0 where nothing was counted. */
export function rowsOf({ actual }: PlanNode): number {
  return actual?.rows ?? 0
}

/** Rows that a scan read and threw away, over all loops. */
export function discardedRows({ actual }: PlanNode): number {
  return (actual?.rowsRemoved.byFilter ?? 0) + (actual?.rowsRemoved.byIndexRecheck ?? 0)
}

/** A node that reads a table, and how many rows it looked at, over all loops. */
export interface ExaminedRows {
  readonly node: PlanNode
  readonly rows: number
}

/**
 * The rows that a plan looked at where it reads tables, most first: those it went on with and those it threw away. A bitmap counts once, at
 * the heap scan; rows that later nodes pass on, join or sort are not counted again. All are 0 for a plan that was not executed.
 */
export function examinedRows(plan: Plan): readonly ExaminedRows[] {
  return tableReads(plan)
    .map((node) => ({ node, rows: rowsOf(node) + discardedRows(node) }))
    .toSorted((a, b) => b.rows - a.rows)
}

/** Those of all its scans. */
export function countExaminedRows(plan: Plan): number {
  return examinedRows(plan).reduce((sum, { rows }) => sum + rows, 0)
}
