import { readBuffers, subtractBuffers } from './buffers.js'
import { readConditions } from './conditions.js'
import { isObject, readNumber, readText, unreadable, type ExplainObject } from './explain-json.js'
import type { PlanActual, PlanNode, PlanNodeBuffers, PlanRelation, PlanSchema } from './plan.js'

/** Reads the tree below `root`. Tables whose schema EXPLAIN did not say are looked for in `schema`. */
export function readNodes(root: ExplainObject, schema: PlanSchema): PlanNode {
  return readNode(root, { schema, onlyAlias: findOnlyAlias(root) })
}

interface Reading {
  readonly schema: PlanSchema
  readonly onlyAlias: string | undefined
}

function readNode(node: ExplainObject, reading: Reading): PlanNode {
  const type = readText(node, 'Node Type')
  if (type === undefined) throw unreadable(`a node has no 'Node Type', but ${Object.keys(node).slice(0, 8).join(', ')}`)
  const children = childrenOf(node).map((child) => readNode(child, reading))
  const { Plans: _, ...raw } = node
  const cost = { startup: readNumber(node, 'Startup Cost') ?? 0, total: readNumber(node, 'Total Cost') ?? 0 }
  const workersPlanned = readNumber(node, 'Workers Planned')
  return {
    type,
    parentRelationship: readText(node, 'Parent Relationship'),
    subplanName: readText(node, 'Subplan Name')?.replace(/ \(returns [^)]*\)$/, ''),
    relation: readRelation(node, reading.schema),
    index: readText(node, 'Index Name'),
    scanDirection: readDirection(node),
    joinType: readText(node, 'Join Type'),
    strategy: readText(node, 'Strategy'),
    operation: readText(node, 'Operation'),
    conditions: readConditions(node, reading.onlyAlias),
    estimatedRows: readNumber(node, 'Plan Rows') ?? 0,
    cost,
    actual: readActual(node, children),
    disabled: typeof node['Disabled'] === 'boolean' ? node['Disabled'] : isDisabledByCost(cost.total, children),
    subplansRemoved: readNumber(node, 'Subplans Removed') ?? 0,
    workers: workersPlanned === undefined ? undefined : { planned: workersPlanned, launched: readNumber(node, 'Workers Launched') },
    children,
    raw,
  }
}

function childrenOf(node: ExplainObject): readonly ExplainObject[] {
  const plans = node['Plans']
  return Array.isArray(plans) ? plans.filter(isObject) : []
}

function readActual(node: ExplainObject, children: readonly PlanNode[]): PlanActual | undefined {
  const loops = readNumber(node, 'Actual Loops')
  if (loops === undefined) return undefined
  const rowsPerLoop = readNumber(node, 'Actual Rows') ?? 0
  // EXPLAIN gives averages of one loop for rows, and totals for everything else.
  const overLoops = (name: string): number => (readNumber(node, name) ?? 0) * loops
  return {
    // 18 prints two decimals of the average: 99.33 × 3 is 298.
    rows: Math.round(rowsPerLoop * loops),
    rowsPerLoop,
    loops,
    rowsRemoved: {
      byFilter: overLoops('Rows Removed by Filter'),
      byJoinFilter: overLoops('Rows Removed by Join Filter'),
      byIndexRecheck: overLoops('Rows Removed by Index Recheck'),
    },
    heapFetches: readNumber(node, 'Heap Fetches'),
    indexSearches: readNumber(node, 'Index Searches'),
    buffers: readNodeBuffers(node, children),
  }
}

function readNodeBuffers(node: ExplainObject, children: readonly PlanNode[]): PlanNodeBuffers | undefined {
  const cumulative = readBuffers(node)
  if (cumulative === undefined) return undefined
  const below = children.flatMap((child) => {
    // It hangs on the node above, but its work is done, and counted, at the CTE Scan that reads it.
    const isCte = child.subplanName?.startsWith('CTE ') ?? false
    return child.actual?.buffers === undefined || isCte ? [] : [child.actual.buffers.cumulative]
  })
  return { cumulative, own: subtractBuffers(cumulative, below) }
}

/** What an `enable_…` setting that is off adds to a cost, up to 17; less what rounding and LIMIT take away. */
const DISABLE_COST = 1e10

function isDisabledByCost(total: number, children: readonly PlanNode[]): boolean {
  return total - children.reduce((sum, child) => sum + child.cost.total, 0) >= DISABLE_COST * 0.99
}

function readRelation(node: ExplainObject, schema: PlanSchema): PlanRelation | undefined {
  const table = readText(node, 'Relation Name')
  if (table === undefined) return undefined
  const known = schema.tables.filter((candidate) => candidate.name === table)
  return {
    // Before 15 a temporary schema has a number: pg_temp_3.
    schema: readText(node, 'Schema')?.replace(/^pg_temp_\d+$/, 'pg_temp') ?? (known.length === 1 ? known[0]?.schema : undefined),
    table,
    alias: readText(node, 'Alias') ?? table,
  }
}

function readDirection(node: ExplainObject): PlanNode['scanDirection'] {
  const direction = readText(node, 'Scan Direction')
  return direction === 'Forward' || direction === 'Backward' ? direction : undefined
}

/** The alias of the one relation (or CTE, function, values list) that the plan reads; none when there are several. */
function findOnlyAlias(root: ExplainObject): string | undefined {
  const aliases = new Set<string>()
  const visit = (node: ExplainObject): void => {
    const alias = readText(node, 'Alias')
    if (alias !== undefined) aliases.add(alias)
    childrenOf(node).forEach(visit)
  }
  visit(root)
  const [first] = aliases
  return aliases.size === 1 ? first : undefined
}
