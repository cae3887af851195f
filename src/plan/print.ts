import { tableLabel } from '../primitives/sql-name.js'
import { CONDITION_LABELS, CONDITION_NAMES } from './conditions.js'
import type { Plan, PlanNode } from './plan.js'

/**
 * The plan as a compact tree: two spaces per level, conditions below their node.
 *
 *     Limit  rows 20  buffers 24
 *       Index Scan using orders_user_id_idx on orders  rows 20  buffers 24
 *           Index Cond: (user_id = 42)
 */
export function printPlan(plan: Pick<Plan, 'root' | 'scale'>): string {
  const lines = [...scaleLines(plan)]
  const visit = (node: PlanNode, depth: number): void => {
    lines.push(...printNode(node, depth))
    for (const child of node.children) visit(child, depth + 1)
  }
  visit(plan.root, 0)
  return lines.join('\n')
}

/** `planned for orders: 1,000,000,000 rows (10,000 seeded)`, when the plan is a forecast. */
export function scaleLines({ scale }: Pick<Plan, 'scale'>): readonly string[] {
  if (scale === undefined) return []
  const tables = scale.tables.map(
    ({ table, seeded, projected }) => `${table}: ${formatCount(projected)} rows (${formatCount(seeded)} seeded)`,
  )
  return [`planned for ${tables.join(', ')}`, ...scale.notes.map((note) => `note: ${note}`)]
}

/** How a printed path marks the nodes it leads to. */
export interface PathPrint {
  /** Nodes to print, in any order; those above them are printed as well, and everything else is folded. */
  readonly guilty: readonly PlanNode[]
}

/** Only the paths to the guilty nodes, which carry a ✗; what hangs beside is folded into one line. */
export function printPath(plan: Pick<Plan, 'root'>, { guilty }: PathPrint): readonly string[] {
  const lines: string[] = []
  const leadsToGuilty = (node: PlanNode): boolean => guilty.includes(node) || node.children.some(leadsToGuilty)
  const visit = (node: PlanNode, depth: number): void => {
    lines.push(...printNode(node, depth, guilty.includes(node) ? '✗ ' : '  ', guilty.includes(node)))
    const folded = node.children.filter((child) => !leadsToGuilty(child))
    for (const child of node.children) if (!folded.includes(child)) visit(child, depth + 1)
    if (folded.length > 0) lines.push(`  ${'  '.repeat(depth + 1)}… ${countNodes(folded)}`)
  }
  visit(plan.root, 0)
  return lines
}

/** One node in one line, and its conditions indented below. */
export function printNode(node: PlanNode, depth = 0, mark = '', withConditions = true): readonly string[] {
  const indent = '  '.repeat(depth)
  const lines = [`${mark}${indent}${describeNode(node)}  ${describeWork(node)}`]
  if (!withConditions) return lines
  const below = `${' '.repeat(mark.length)}${indent}    `
  for (const name of CONDITION_NAMES) {
    const text = node.conditions[name]
    if (text !== undefined) lines.push(`${below}${CONDITION_LABELS[name]}: ${text}`)
  }
  return lines
}

/** `Index Scan Backward using orders_pkey on orders o`, as EXPLAIN writes it. */
export function describeNode(node: PlanNode): string {
  const name = node.subplanName === undefined ? '' : `${node.subplanName}: `
  const direction = node.scanDirection === 'Backward' ? ' Backward' : ''
  const index = node.index === undefined ? '' : node.relation === undefined ? ` on ${node.index}` : ` using ${node.index}`
  return `${name}${describeType(node)}${direction}${index}${describeRelation(node)}`
}

/** 1,234,567 in every locale. */
export function formatCount(count: number): string {
  return count.toLocaleString('en-US', { maximumFractionDigits: 2 })
}

function describeType({ type, operation, joinType, strategy }: PlanNode): string {
  if (type === 'ModifyTable') return operation ?? type
  // As EXPLAIN's text has it: `Hash Left Join`, `Nested Loop`, `HashAggregate`.
  if (joinType !== undefined && joinType !== 'Inner')
    return type === 'Nested Loop' ? `${type} ${joinType} Join` : type.replace('Join', `${joinType} Join`)
  if (type === 'Aggregate' && strategy === 'Hashed') return 'HashAggregate'
  if (type === 'Aggregate' && strategy === 'Sorted') return 'GroupAggregate'
  return type
}

function describeRelation({ relation, raw }: PlanNode): string {
  if (relation === undefined) {
    const source = raw['CTE Name'] ?? raw['Function Name']
    return typeof source === 'string' ? ` on ${source}` : ''
  }
  return ` on ${tableLabel({ schema: relation.schema, name: relation.table })}${relation.alias === relation.table ? '' : ` ${relation.alias}`}`
}

function describeWork({ actual, estimatedRows, subplansRemoved, disabled }: PlanNode): string {
  const parts: string[] = []
  if (actual === undefined) parts.push(`estimated rows ${formatCount(estimatedRows)}`)
  else if (actual.loops === 0) parts.push('never executed')
  else {
    const { byFilter, byJoinFilter, byIndexRecheck } = actual.rowsRemoved
    const removed = byFilter + byJoinFilter + byIndexRecheck
    parts.push(`rows ${formatCount(actual.rows)}`)
    if (removed > 0) parts.push(`removed ${formatCount(removed)}`)
    if (actual.loops > 1) parts.push(`loops ${formatCount(actual.loops)}`)
    if (actual.buffers !== undefined) parts.push(`buffers ${formatCount(actual.buffers.cumulative.total)}`)
    const spilled = actual.buffers?.own.tempWritten ?? 0
    if (spilled > 0) parts.push(`spilled ${formatCount(spilled)}`)
  }
  if (subplansRemoved > 0) parts.push(`pruned ${formatCount(subplansRemoved)}`)
  if (disabled) parts.push('disabled')
  return parts.join('  ')
}

function countNodes(nodes: readonly PlanNode[]): string {
  const count = (node: PlanNode): number => node.children.reduce((sum, child) => sum + count(child), 1)
  const total = nodes.reduce((sum, node) => sum + count(node), 0)
  return total === 1 ? '1 more node' : `${total} more nodes`
}
