import { tableLabel } from '../../primitives/sql-name.js'
import type { Plan, PlanNode, PlanTable } from '../../plan/plan.js'
import { isTableNamed, planNodes, tableOf } from '../../plan/walk.js'
import { prunedNodes } from './judgeable.js'

/** What is read of one partitioned table. */
export interface ScannedPartitions {
  /** `events`, `shop.events`. */
  readonly table: string
  /** Names of the partitions that were really scanned, or would be. */
  readonly scanned: readonly string[]
  readonly nodes: readonly PlanNode[]
  /** Ruled out while running: in the plan, and never executed or removed from it. Those that the planner ruled out are not in it at all. */
  readonly pruned: number
  /** The plan was not executed, and would rule out more by a value that it does not have yet. */
  readonly mayPruneMore: boolean
}

/** Of every partitioned table in a plan, or of the one named. */
export function scannedPartitions(plan: Plan, table: string | undefined): readonly ScannedPartitions[] {
  const out = prunedNodes(plan)
  const byTable = new Map<string, { readonly scanned: Map<string, PlanNode>; readonly pruned: Set<string>; removed: number }>()
  const groupOf = (name: string) => {
    const group = byTable.get(name) ?? { scanned: new Map<string, PlanNode>(), pruned: new Set<string>(), removed: 0 }
    byTable.set(name, group)
    return group
  }
  for (const node of planNodes(plan)) {
    const partition = partitionOf(plan, node)
    if (partition !== undefined && (table === undefined || isTableNamed(table, partition))) {
      const group = groupOf(tableLabel(partition.root))
      if (out.has(node)) group.pruned.add(partition.name)
      else group.scanned.set(partition.name, node)
    }
    if (node.subplansRemoved > 0) {
      const inside = planNodes({ root: node }).flatMap((one) => partitionOf(plan, one) ?? [])
      const [first] = inside
      // All of them may be gone: then nothing says of which table they were.
      if (first === undefined || table === undefined || isTableNamed(table, first))
        groupOf(first === undefined ? (table ?? 'the table') : tableLabel(first.root)).removed += node.subplansRemoved
    }
  }
  const mayPruneMore = !plan.analyzed && (plan.generic || hasParameterisedAppend(plan))
  return [...byTable].map(([name, { scanned, pruned, removed }]) => ({
    table: name,
    scanned: [...scanned.keys()],
    nodes: [...scanned.values()],
    pruned: [...pruned].filter((partition) => !scanned.has(partition)).length + removed,
    mayPruneMore,
  }))
}

type Partition = PlanTable & { readonly root: NonNullable<PlanTable['root']> }

function partitionOf(plan: Plan, node: PlanNode): Partition | undefined {
  if (node.type === 'ModifyTable') return undefined
  const table = tableOf(plan, node)
  return table?.root === undefined ? undefined : { ...table, root: table.root }
}

/** Of a nested loop's inner side partitions are ruled out for each row of the outer one. */
function hasParameterisedAppend(plan: Plan): boolean {
  return planNodes(plan).some(
    ({ type, children }) =>
      type === 'Nested Loop' && children[1] !== undefined && planNodes({ root: children[1] }).some((node) => node.type.endsWith('Append')),
  )
}
