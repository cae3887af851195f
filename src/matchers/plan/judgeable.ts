import { tableLabel } from '../../primitives/sql-name.js'
import { nearestName, wrongOption } from '../../primitives/options.js'
import type { Plan, PlanNode, PlanTable } from '../../plan/plan.js'
import { isTableNamed, planNodes, tableOf, tableReads } from '../../plan/walk.js'
import { unjudgeable } from '../message/evidence.js'
import { statementLines } from '../message/plan-excerpt.js'

/** A node that reads a table, with the catalogue's facts about it where they are known. */
export interface TableRead {
  readonly node: PlanNode
  readonly table: PlanTable | undefined
}

/**
 * The nodes that read `table` (or any table), without partitions that were ruled out while running.
 *
 * @throws {HotbedError} `ERR_HOTBED_EVIDENCE` when nothing in the plan reads it, or when the planner had no statistics of it: neither the
 * expectation nor its opposite would then say anything
 */
export function judgeableReads(plan: Plan, table: string | undefined): readonly TableRead[] {
  const pruned = prunedNodes(plan)
  const reads = tableReads(plan).map((node) => ({ node, table: tableOf(plan, node) }))
  const meant = table === undefined ? reads : reads.filter((read) => isTableNamed(table, namesOf(read)))
  if (meant.length === 0) throw readsNothing(plan, table, reads)
  for (const read of meant) if (read.table !== undefined) refuseWithoutStatistics(read.table)
  return meant.filter(({ node }) => !pruned.has(node))
}

/** @throws {HotbedError} `ERR_HOTBED_OPTION` for what is no table's name */
export function checkTable(table: unknown): void {
  if (table !== undefined && (typeof table !== 'string' || table === '')) throw wrongOption('table', "a table's name", table)
}

/** Whether the plan reads `table`, or any table. */
export function readsTable(plan: Plan, table: string | undefined): boolean {
  return tableReads(plan).some((node) => table === undefined || isTableNamed(table, namesOf({ node, table: tableOf(plan, node) })))
}

/** The indexes' and tables' names that the plan could have meant, for messages. */
export function readLabel({ node, table }: TableRead): string {
  return tableLabel(table?.root ?? table ?? { schema: node.relation?.schema, name: node.relation?.table ?? '' })
}

function namesOf({ node, table }: TableRead): Pick<PlanTable, 'schema' | 'name' | 'root'> {
  return table ?? { schema: node.relation?.schema ?? '', name: node.relation?.table ?? '', root: undefined }
}

function readsNothing(plan: Plan, table: string | undefined, reads: readonly TableRead[]): Error {
  const names = [...new Set(reads.map(readLabel))]
  const found = names.length === 0 ? 'no table at all' : `only ${names.join(', ')}`
  const near = table === undefined ? undefined : nearestName(table, names)
  return unjudgeable(
    [
      table === undefined
        ? 'The plan reads no table, so there is nothing to judge.'
        : `The plan does not read a table '${table}', ${found}.`,
      ...statementLines(plan),
    ],
    near === undefined ? 'Explain a statement that reads the table.' : `Did you mean '${near}'?`,
  )
}

/** A planner that was told nothing guesses, and its guess says nothing about production. */
export function refuseWithoutStatistics(table: PlanTable): void {
  const { reltuples, relpages, pages, partitioned } = table
  if (partitioned) return
  const never = reltuples < 0
  const emptyThen = relpages === 0 && pages > 0
  if (!never && !emptyThen) return
  const label = tableLabel(table)
  throw unjudgeable(
    [
      never
        ? `The table ${label} was never analysed, so the planner guessed.`
        : `The table ${label} was empty when it was last analysed, and has ${pages} pages now: the planner guessed.`,
    ],
    `Run 'ANALYZE ${label}' after filling it, then explain again.`,
  )
}

/** Below an Append a node that never ran was ruled out by its partition's bounds. Elsewhere it is a choice of the planner like any other. */
export function prunedNodes(plan: Plan): ReadonlySet<PlanNode> {
  const members = planNodes(plan)
    .filter(({ type }) => type === 'Append' || type === 'Merge Append')
    .flatMap(({ children }) => children)
  const neverRan = members.filter(({ parentRelationship, actual }) => parentRelationship === 'Member' && actual?.loops === 0)
  return new Set(neverRan.flatMap((root) => planNodes({ root })))
}
