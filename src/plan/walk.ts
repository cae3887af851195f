import type { Plan, PlanIndex, PlanNode, PlanTable } from './plan.js'

/** Every node of a plan, parents before children. */
export function planNodes(plan: { readonly root: PlanNode }): readonly PlanNode[] {
  const nodes: PlanNode[] = []
  const visit = (node: PlanNode): void => {
    nodes.push(node)
    node.children.forEach(visit)
  }
  visit(plan.root)
  return nodes
}

/** The nodes from the root down to `node`, both included; empty when it is not of this plan. */
export function pathTo(plan: { readonly root: PlanNode }, node: PlanNode): readonly PlanNode[] {
  const search = (from: PlanNode): readonly PlanNode[] | undefined => {
    if (from === node) return [from]
    for (const child of from.children) {
      const path = search(child)
      if (path !== undefined) return [from, ...path]
    }
    return undefined
  }
  return search(plan.root) ?? []
}

/** The catalogue's facts about the table that a node reads. */
export function tableOf(plan: Plan, node: PlanNode): PlanTable | undefined {
  const relation = node.relation
  if (relation === undefined) return undefined
  const { tables } = plan.schema
  return tables.find(({ name, schema }) => name === relation.table && (relation.schema === undefined || schema === relation.schema))
}

/** The nodes that read rows of a table, from its file or from an index, and not the ones that write to it. */
export function tableReads(plan: Plan): readonly PlanNode[] {
  return planNodes(plan).filter(({ type, relation }) => relation !== undefined && type !== 'ModifyTable')
}

/** True when the table, or the partitioned table it belongs to, goes by `name`: `orders` or `shop.orders`. */
export function isTableNamed(name: string, table: Pick<PlanTable, 'schema' | 'name' | 'root'>): boolean {
  return [table, table.root].some((one) => one !== undefined && (one.name === name || `${one.schema}.${one.name}` === name))
}

/** A node that finds rows by an index, with the facts of the index where the catalogue has them. */
export interface IndexUse {
  readonly node: PlanNode
  readonly index: PlanIndex | undefined
  /** The node reads the index from end to end: no condition is met by it, only an order or a narrower row. */
  readonly walksWholeIndex: boolean
}

/** Every use of an index in a plan: Index Scan, Index Only Scan, Bitmap Index Scan. */
export function indexUses(plan: Plan): readonly IndexUse[] {
  const uses: IndexUse[] = []
  const visit = (node: PlanNode, tableSchema: string | undefined, heap: string | undefined): void => {
    // A Bitmap Index Scan names no table: it is the one of the heap scan above.
    const schema = node.relation?.schema ?? tableSchema
    const table = node.relation?.table ?? heap
    if (node.index !== undefined && node.type !== 'ModifyTable') {
      const named = plan.schema.indexes.filter(({ name }) => name === node.index)
      const index = named.find((one) => (schema === undefined || one.schema === schema) && (table === undefined || one.table === table))
      uses.push({ node, index, walksWholeIndex: node.conditions.indexCond === undefined && node.conditions.orderBy === undefined })
    }
    for (const child of node.children) visit(child, schema, table)
  }
  visit(plan.root, undefined, undefined)
  return uses
}
