import type { Plan, PlanNode } from '../plan.js'
import { formatCount } from '../print.js'
import { pathTo, planNodes, tableOf } from '../walk.js'
import { buffersOf } from '../work.js'
import { indexRemedy } from './index-remedy.js'
import { relationName } from './relation-name.js'
import { rowsExamined } from './rows-examined.js'
import type { Smell, SmellFinding } from './smell.js'
import { statisticsRemedy, underestimation, worstScan } from './statistics-remedy.js'

/** A table read whole so often, of so many rows in all, of which only one in so many is returned. */
const WHOLE_READS = { loops: 100, rows: 100_000, perReturned: 20 }

/** Lookups that touch so many buffers in all, and so many times the whole table, which a Hash Join would read once. */
const LOOKUPS = { loops: 1000, buffers: 10_000, timesTable: 10 }

/** The inner side of a Nested Loop costs more than reading its table once would. */
export const nestedLoopBlowUp: Smell = {
  id: 'nested-loop-blow-up',
  title: 'A table is read again and again inside a Nested Loop',
  find: (plan) =>
    planNodes(plan).flatMap((scan) => {
      if (scan.relation === undefined || scan.actual === undefined || scan.actual.loops < WHOLE_READS.loops) return []
      const loop = loopAround(plan, scan)
      if (loop === undefined) return []
      return scan.type === 'Seq Scan' ? wholeReads(plan, scan, loop) : lookups(plan, scan, loop)
    }),
}

function wholeReads(plan: Plan, scan: PlanNode, loop: PlanNode): readonly SmellFinding[] {
  const rows = rowsExamined(scan, undefined)?.examined ?? 0
  const loops = scan.actual?.loops ?? 0
  const returned = loop.actual?.rows ?? 0
  if (rows < WHOLE_READS.rows || rows < WHOLE_READS.perReturned * returned) return []
  return [
    {
      node: scan,
      text: `reads ${relationName(plan, scan)} whole ${formatCount(loops)} times, ${formatCount(rows)} rows, to return ${formatCount(returned)}`,
      remedy: indexRemedy(plan, scan, [scan.conditions.filter, loop.conditions.joinFilter], []),
    },
  ]
}

function lookups(plan: Plan, scan: PlanNode, loop: PlanNode): readonly SmellFinding[] {
  const buffers = buffersOf({ root: scan })
  const loops = scan.actual?.loops ?? 0
  const pages = tableOf(plan, scan)?.pages
  if (pages === undefined || loops < LOOKUPS.loops || buffers < LOOKUPS.buffers || buffers < LOOKUPS.timesTable * pages) return []
  const table = relationName(plan, scan)
  const outer = loop.children[0]
  const surprised = outer !== undefined && underestimation(outer) >= 10 ? worstScan(outer) : undefined
  return [
    {
      node: scan,
      text: `looks into ${table} ${formatCount(loops)} times, ${formatCount(buffers)} buffers of a table of ${formatCount(pages)} pages`,
      remedy:
        surprised === undefined
          ? `Let ${table} be read once and hashed: join it by =, without LATERAL, and with enable_hashjoin on`
          : statisticsRemedy(plan, surprised),
    },
  ]
}

/** The Nested Loop on whose inner side the node is; what a subquery runs is `correlated-subquery`. */
function loopAround(plan: Plan, node: PlanNode): PlanNode | undefined {
  const path = pathTo(plan, node)
  for (let at = path.length - 1; at > 0; at--) {
    if (path[at]?.parentRelationship === 'SubPlan') return undefined
    const above = path[at - 1]
    if (above?.type === 'Nested Loop' && path[at]?.parentRelationship === 'Inner') return above
  }
  return undefined
}
