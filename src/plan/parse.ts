import { readBuffers, subtractBuffers } from './buffers.js'
import { readConditions } from './conditions.js'
import { isObject, readExplainJson, readNumber, readText, unreadable, type ExplainObject } from './explain-json.js'
import type { Plan, PlanActual, PlanNode, PlanNodeBuffers, PlanRelation, PlanSchema } from './plan.js'
import { printPlan } from './print.js'

/** What EXPLAIN does not say itself. */
export interface PlanFacts {
  readonly sql: string
  readonly params: readonly unknown[]
  /** @default false */
  readonly generic?: boolean
  /** `18.4`. */
  readonly postgresVersion: string
  /** @default no tables: matchers then refuse what they cannot know */
  readonly schema?: PlanSchema
}

/**
 * Reads the output of EXPLAIN (FORMAT JSON) of PostgreSQL 13 to 18, with or without ANALYZE, BUFFERS and VERBOSE, as text or parsed.
 * Text is better: a driver's JSON parser rounds the 64-bit query identifier.
 *
 * @throws {HotbedError} `ERR_HOTBED_PLAN` when it is not that
 */
export function parsePlan(output: unknown, facts: PlanFacts): Plan {
  const { statement, root } = readExplainJson(output)
  const schema = facts.schema ?? { tables: [], indexes: [] }
  const plan = {
    kind: 'plan',
    sql: facts.sql,
    params: [...facts.params],
    analyzed: readNumber(root, 'Actual Loops') !== undefined,
    generic: facts.generic ?? false,
    postgresVersion: facts.postgresVersion,
    root: readNode(root, { schema, onlyAlias: findOnlyAlias(root) }),
    schema,
    settings: readSettings(statement),
    queryIdentifier: readIdentifier(statement),
    planningTimeMs: readNumber(statement, 'Planning Time'),
    executionTimeMs: readNumber(statement, 'Execution Time'),
    raw: statement,
  } as const
  // Not enumerable, so that the plan stays plain data to `toEqual`, snapshots and structuredClone.
  Object.defineProperty(plan, 'toString', { value: (): string => printPlan(plan) })
  return Object.freeze(plan)
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
  return Object.freeze({
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
  })
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
    rows: round(rowsPerLoop * loops),
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

/** 18 prints rows of a loop with two decimals: 2.45 × 3 is no 7.3500000000000005. */
function round(rows: number): number {
  return Math.round(rows * 100) / 100
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

function readSettings(statement: ExplainObject): Readonly<Record<string, string>> {
  const settings = statement['Settings']
  return isObject(settings) ? Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, String(value)])) : {}
}

function readIdentifier(statement: ExplainObject): string | undefined {
  const identifier = statement['Query Identifier']
  if (typeof identifier === 'string') return identifier
  return typeof identifier === 'number' && Number.isSafeInteger(identifier) ? String(identifier) : undefined
}
