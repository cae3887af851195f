import { plural } from '../../primitives/plural.js'
import type { Plan, PlanNode } from '../plan.js'
import { formatCount } from '../print.js'
import { planNodes } from '../walk.js'
import type { Smell } from './smell.js'

/** What one process reads before another could have been started. */
const ROWS_WORTH_A_WORKER = 10_000

/** A plan was chosen because it is shared between workers, and was carried out by fewer. */
export const tooFewWorkers: Smell = {
  id: 'too-few-workers',
  title: 'A parallel plan gets fewer workers than it was made for',
  find: (plan) =>
    planNodes(plan).flatMap((node) => {
      const { planned, launched } = node.workers ?? { planned: 0, launched: undefined }
      const rows = rowsBelow(node)
      if (launched === undefined || launched >= planned || rows < ROWS_WORTH_A_WORKER) return []
      return [
        {
          node,
          text: `plans ${plural(planned, 'worker')} and gets ${launched} to read ${formatCount(rows)} rows`,
          remedy: remedyFor(plan, launched),
        },
      ]
    }),
}

/** Read by the scans below, whether they were kept or not. */
function rowsBelow(node: PlanNode): number {
  return planNodes({ root: node }).reduce((sum, { relation, actual }) => {
    return relation === undefined || actual === undefined ? sum : sum + Math.round(actual.rows + actual.rowsRemoved.byFilter)
  }, 0)
}

function remedyFor({ settings }: Plan, launched: number): string {
  const limits = ['max_parallel_workers', 'max_worker_processes'].flatMap((name) => {
    const value = settings[name]
    return value === undefined ? [name] : [`${name} (now ${value})`]
  })
  return `Raise ${limits.join(' and ')} above what all sessions use at a time, or plan for what there is: max_parallel_workers_per_gather = ${launched}`
}
