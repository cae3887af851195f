import { plural } from '../../primitives/plural.js'
import type { Plan, PlanNode } from '../plan.js'
import { describeNode, formatCount } from '../print.js'
import { indexUses, planNodes, tableReads } from '../walk.js'

/** What the new plan does that the old one did not, most decisive first, in a line each. */
export function explainFlip(from: Plan, to: Plan): readonly string[] {
  const lines = [...walkLines(from, to), ...scanLines(from, to), ...joinLines(from, to), ...sortLines(from, to)]
  return lines.length > 0 ? lines : ['the same nodes stand in another order, or meet other conditions']
}

/** An index that is walked for its order, in the hope of meeting rows early. */
function walkLines(from: Plan, to: Plan): readonly string[] {
  const before = new Set(walked(from).map(({ node }) => node.index))
  return walked(to)
    .filter(({ node }) => !before.has(node.index))
    .map(({ node, index }) => {
      const order = index === undefined ? '' : ` in the order of ${index.columns.join(', ')}`
      const limit = to.root.type === 'Limit' ? ` until ${formatCount(to.root.estimatedRows)} rows match` : ''
      const filter = node.conditions.filter === undefined ? '' : `, Filter: ${node.conditions.filter}`
      return `${node.index} is walked${order}${limit} (no Index Cond${filter})`
    })
}

function walked(plan: Plan): ReturnType<typeof indexUses> {
  return indexUses(plan).filter(({ walksWholeIndex }) => walksWholeIndex)
}

/** Tables that are read in another way. */
function scanLines(from: Plan, to: Plan): readonly string[] {
  const walks = new Set(walked(to).map(({ node }) => node))
  const before = new Map(tableReads(from).map((node) => [aliasOf(node), node]))
  return tableReads(to).flatMap((node) => {
    const old = before.get(aliasOf(node))
    if (old === undefined || walks.has(node) || scanText(old) === scanText(node)) return []
    const expected = `${plural(node.estimatedRows, 'row')} expected`
    return [`${aliasOf(node)} is read by ${scanText(node)}, no longer by ${scanText(old)} (${expected})`]
  })
}

function aliasOf({ relation }: PlanNode): string {
  return relation?.alias ?? ''
}

function scanText(node: PlanNode): string {
  const indexes = node.index === undefined ? bitmapIndexes(node) : [node.index]
  const type = describeNode(node).split(/ (?:using|on) /, 1)[0] ?? node.type
  return indexes.length === 0 ? type : `${type} using ${indexes.join(', ')}`
}

function bitmapIndexes({ type, children }: PlanNode): readonly string[] {
  if (!type.startsWith('Bitmap')) return []
  return children.flatMap((child) => (child.index === undefined ? bitmapIndexes(child) : [child.index]))
}

function joinLines(from: Plan, to: Plan): readonly string[] {
  const joins = (plan: Plan): string => planNodes(plan).filter(isJoin).map(describeNode).join(', ')
  const [old, now] = [joins(from), joins(to)]
  return old === now || now === '' ? [] : [`tables are joined by ${now}, no longer by ${old}`]
}

function isJoin({ type }: PlanNode): boolean {
  return type === 'Nested Loop' || type.endsWith('Join')
}

function sortLines(from: Plan, to: Plan): readonly string[] {
  const sorts = (plan: Plan): number => planNodes(plan).filter(({ type }) => type === 'Sort' || type === 'Incremental Sort').length
  if (sorts(from) > sorts(to)) return ['no Sort is needed any more']
  return sorts(from) < sorts(to) ? ['rows are sorted now'] : []
}
