import type { Plan, PlanNode } from './plan.js'
import { describeNode } from './print.js'
import { indexUses, tableReads } from './walk.js'

/**
 * What makes two plans the same way of doing it: node types, relations, indexes with their columns, join types, keys of sorts and groups, and
 * which kinds of conditions stand where. Not in it: costs, rows, the values in conditions, and how many workers there are.
 * One line per node, two spaces per level.
 */
export function planShape(plan: Pick<Plan, 'root' | 'schema'>): string {
  const columns = new Map(
    indexUses(plan as Plan).flatMap(({ node, index }) => (index === undefined ? [] : [[node, index.columns] as const])),
  )
  const lines: string[] = []
  const visit = (node: PlanNode, depth: number): void => {
    const parts = [describeNode(node)]
    const indexed = columns.get(node)
    if (indexed !== undefined) parts.push(`(${indexed.join(', ')})`)
    const { sortKey, presortedKey, groupKey, ...conditions } = node.conditions
    if (sortKey !== undefined) parts.push(`by ${sortKey}`)
    if (presortedKey !== undefined) parts.push(`presorted by ${presortedKey}`)
    if (groupKey !== undefined) parts.push(`by ${groupKey}`)
    parts.push(...Object.keys(conditions).map((name) => `[${name}]`))
    lines.push(`${'  '.repeat(depth)}${parts.join(' ')}`)
    for (const child of node.children) visit(child, depth + 1)
  }
  visit(plan.root, 0)
  return lines.join('\n')
}

/**
 * By which index each table is read, or that it is read whole; and whether an index finds rows or is walked from end to end. The same for a Bitmap
 * Heap Scan and an Index Scan of one index: how joins and sorts are done is not in it.
 */
export function planAccess(plan: Plan): string {
  const uses = indexUses(plan)
  const reads = tableReads(plan).flatMap((node) => {
    const indexes = uses
      .filter((use) => use.node === node || bitmapNodes(node).includes(use.node))
      .map((use) => `${use.node.index}${use.walksWholeIndex ? ' whole' : ''}`)
    const table = `${node.relation?.schema}.${node.relation?.table} ${node.relation?.alias}`
    return [`${table} by ${indexes.length === 0 ? node.type : indexes.toSorted().join(', ')}`]
  })
  return reads.toSorted().join('\n')
}

/**
 * The plan in one line, from the result down to the tables: `Limit ← Sort ← Bitmap Heap Scan using orders_user_id_idx`. Tables are named where
 * no index is; the two sides of a join stand in parentheses, members of an Append once.
 */
export function planHead({ root }: Pick<Plan, 'root'>): string {
  const lead = nodeHead(root)
  const below = inputsOf(root)
  if (below.length === 0) return lead
  const heads = [...new Set(below.map((child) => planHead({ root: child })))]
  return heads.length === 1 ? `${lead} ← ${heads[0]}` : `${lead} ← (${heads.join(', ')})`
}

function nodeHead(node: PlanNode): string {
  const bitmaps = bitmapIndexes(node)
  const index = node.index ?? (bitmaps.length === 0 ? undefined : bitmaps.join(', '))
  if (index === undefined) return describeNode(node)
  const type = describeNode(node).split(/ (?:using|on) /, 1)[0] ?? node.type
  return `${type} using ${index}`
}

/** The inputs that say something: a Hash is a part of its join, and the indexes of a bitmap stand at its heap scan. */
function inputsOf(node: PlanNode): readonly PlanNode[] {
  if (node.type === 'Bitmap Heap Scan') return node.children.filter(({ type }) => !type.startsWith('Bitmap'))
  return node.children.flatMap((child) => (child.type === 'Hash' ? child.children : [child]))
}

function bitmapIndexes(node: PlanNode): readonly string[] {
  return bitmapNodes(node).flatMap(({ index }) => index ?? [])
}

/** The scans of indexes below a Bitmap Heap Scan. */
function bitmapNodes({ type, children }: PlanNode): readonly PlanNode[] {
  if (!type.startsWith('Bitmap')) return []
  return children.flatMap((child) => (child.index === undefined ? bitmapNodes(child) : [child]))
}
