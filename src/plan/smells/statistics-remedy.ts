import { quoteName } from '../../primitives/sql-name.js'
import type { Plan, PlanNode } from '../plan.js'
import { planNodes, tableOf } from '../walk.js'
import { comparedColumns } from './compared-columns.js'
import { ownRelationName } from './relation-name.js'
import { staleness } from './statistics-state.js'

/** What would let the planner know how many rows of a table meet the conditions of a scan. */
export function statisticsRemedy(plan: Plan, scan: PlanNode): string {
  const table = ownRelationName(plan, scan)
  const known = tableOf(plan, scan)
  if (known !== undefined && staleness(known) !== undefined) return `ANALYZE ${table}`
  const conditions = conditionsOf(scan)
  if (conditions.length === 0) return `ANALYZE ${table}`
  const { equal, range, other } = comparedColumns(plan, scan, conditions)
  const [first, ...more] = [...equal, ...range, ...other]
  if (first === undefined) return `CREATE STATISTICS on the expression that is compared, ${conditions[0]}, then ANALYZE ${table}`
  if (more.length === 0) return `ALTER TABLE ${table} ALTER COLUMN ${quoteName(first)} SET STATISTICS 1000; ANALYZE ${table}`
  const columns = [first, ...more]
  const name = quoteName([scan.relation?.table, ...columns, 'stat'].join('_'))
  return `CREATE STATISTICS ${name} ON ${columns.map(quoteName).join(', ')} FROM ${table}; ANALYZE ${table}`
}

/** The scan of a table whose estimate is furthest from what came, at or below a node. */
export function worstScan(node: PlanNode): PlanNode | undefined {
  const scans = planNodes({ root: node }).filter(({ relation, actual }) => relation !== undefined && actual !== undefined)
  return scans.toSorted((a, b) => underestimation(b) - underestimation(a))[0]
}

/** How many times more rows came, in one loop, than were expected. Below one row there is nothing to be wrong about. */
export function underestimation({ actual, estimatedRows }: PlanNode): number {
  return (actual?.rowsPerLoop ?? 0) / Math.max(estimatedRows, 1)
}

function conditionsOf(scan: PlanNode): readonly string[] {
  const below = scan.type === 'Bitmap Heap Scan' ? planNodes({ root: scan }) : [scan]
  const all = below.flatMap(({ conditions: { indexCond, filter } }) => [indexCond, filter])
  return all.filter((condition) => condition !== undefined)
}
