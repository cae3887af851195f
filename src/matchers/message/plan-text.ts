import type { PlanNode } from '../../plan/plan.js'
import { formatCount } from '../../plan/print.js'
import type { JudgedPlan } from './judged-plans.js'
import { judgedLines, pathLines } from './plan-excerpt.js'

/** What a matcher says about one plan. */
export interface PlanText {
  /** The verdict in one line, with the number and the budget. */
  readonly headline: string
  /** The nodes that decided. */
  readonly guilty: readonly PlanNode[]
  /** Printed below the plan: why, and what to do. @default nothing */
  readonly notes?: readonly string[]
}

interface Found {
  readonly judged: JudgedPlan
  readonly text: () => PlanText
}

const LISTED = 4

/** The first of the plans in full, the next in short, and how many there are besides. `judged` is how many were looked at. */
export function foundLines(found: readonly Found[], judged: number): readonly string[] {
  const [first, ...others] = groupExecutions(found)
  if (first === undefined) return []
  const { headline, guilty, notes = [] } = first.text()
  const full = [headline, ...judgedLines(first.judged, first.times), '', ...pathLines(first.judged.plan, guilty), ...notes]
  if (judged === 1) return full
  const rest = others.slice(LISTED).reduce((sum, { times }) => sum + times, 0)
  return [
    `${formatCount(found.length)} of ${formatCount(judged)} plans${others.length > 0 ? ', the worst first' : ''}:`,
    '',
    ...full,
    ...(others.length > 0 ? [''] : []),
    ...others.slice(0, LISTED).flatMap((one) => [one.text().headline, ...judgedLines(one.judged, one.times).slice(0, 1)]),
    ...(rest > 0 ? [`… and ${formatCount(rest)} more.`] : []),
  ]
}

/** A statement that is executed in a loop is told once, by the first of its executions. */
function groupExecutions(found: readonly Found[]): readonly (Found & { readonly times: number })[] {
  const groups = new Map<string, Found & { times: number }>()
  for (const one of found) {
    const key = JSON.stringify([one.judged.statement?.shape, one.judged.nested?.sql])
    const group = groups.get(key)
    if (group === undefined) groups.set(key, { ...one, times: 1 })
    else group.times += 1
  }
  return [...groups.values()]
}
