import type { Plan, PlanNode } from '../plan.js'
import { formatCount } from '../print.js'
import { planNodes } from '../walk.js'
import { orderRemedy } from './index-remedy.js'
import type { Smell } from './smell.js'
import { formatKb, highestOf, setWorkMem, sumOf } from './work-mem.js'

/** The groups of a HashAggregate do not fit into `work_mem`; the rows of those that do not go through temporary files. */
export const hashAggregateSpill: Smell = {
  id: 'hash-aggregate-spill',
  title: 'The groups of a HashAggregate go through temporary files',
  find: (plan) =>
    planNodes(plan).flatMap((node) => {
      if (node.type !== 'Aggregate') return []
      const diskKb = sumOf(node, 'Disk Usage')
      if (node.actual === undefined) {
        // The planner splits groups beforehand where it expects that they do not fit.
        const partitions = highestOf(node, 'Planned Partitions')
        if (partitions === 0) return []
        const text = `expects ${formatCount(node.estimatedRows)} groups, too many for its memory, in ${formatCount(partitions)} partitions`
        return [{ node, text, remedy: remedyFor(plan, node, undefined) }]
      }
      if (diskKb === 0) return []
      const text = `groups into ${formatCount(node.actual.rows)} through ${formatKb(diskKb)} of temporary files`
      // What a group takes was seen in those that did fit; its rows on disk say no less.
      return [{ node, text, remedy: remedyFor(plan, node, highestOf(node, 'Peak Memory Usage') + diskKb * 2) }]
    }),
}

function remedyFor(plan: Plan, node: PlanNode, neededKb: number | undefined): string {
  const remedies = [neededKb === undefined ? undefined : setWorkMem(neededKb), orderRemedy(plan, node, 'Group Key')].filter(
    (one) => one !== undefined,
  )
  return remedies.length === 0 ? 'Group fewer rows: filter first, or keep the totals in a table of their own' : remedies.join(', or ')
}
