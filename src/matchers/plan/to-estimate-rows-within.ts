import { wrongOption } from '../../primitives/options.js'
import { readColumns } from '../../plan/condition-operand.js'
import type { Plan, PlanNode } from '../../plan/plan.js'
import { describeNode, formatCount } from '../../plan/print.js'
import { pathTo, tableOf, tableReads } from '../../plan/walk.js'
import { unjudgeable } from '../message/evidence.js'
import type { JudgedPlan } from '../message/judged-plans.js'
import { statementLines } from '../message/plan-excerpt.js'
import type { MatcherVerdict } from '../message/verdict.js'
import { refuseUncounted } from './counted.js'
import { estimateErrors, type EstimateError } from './estimates.js'
import { quoteName, quoteTable } from '../../primitives/sql-name.js'
import { judgePlans, type MatcherContext, type PlanFinding } from './judge-plans.js'
import { refuseWithoutStatistics } from './judgeable.js'

/**
 * Passes when the planner's estimate of rows was off by no more than this factor, too many or too few, at every node that ran. A wrong estimate
 * is where bad plans come from. Not judged is what may be off for another reason: nodes below a LIMIT, a semi-join or an EXISTS that stopped
 * early, nodes that a merge join read twice.
 *
 * @param received a plan, a statement of a recording, or a recording
 * @param factor 10 means: between a tenth of the estimate and ten times as many
 * @throws {HotbedError} `ERR_HOTBED_EVIDENCE` for what has no plan, a plan that was only estimated, a table without statistics
 * @throws {HotbedError} `ERR_HOTBED_OPTION` for what is no factor
 */
export function toEstimateRowsWithin(this: MatcherContext | void, received: unknown, factor: number): MatcherVerdict {
  return judgePlans(this, received, {
    matcher: 'toEstimateRowsWithin',
    check: () => {
      if (typeof factor !== 'number' || !(factor >= 1)) throw wrongOption('factor', 'a number from 1 on', factor)
    },
    concerns: (judged) => !judged.plan.analyzed || estimateErrors(judged.plan, { mayStopEarly: isPartial(judged) }).length > 0,
    concern: 'was executed to its end',
    judge: (plan, judged) => {
      refuseUncounted(plan, 'toEstimateRowsWithin')
      for (const node of tableReads(plan)) {
        const table = tableOf(plan, node)
        if (table !== undefined) refuseWithoutStatistics(table)
      }
      return judgeEstimates(plan, factor, isPartial(judged))
    },
  })
}

/** A cursor is read as far as it is asked for, a query of a function or of a foreign key often to its first row. */
function isPartial({ statement, nested }: JudgedPlan): boolean {
  return nested !== undefined || statement?.isPartial === true
}

function judgeEstimates(plan: Plan, factor: number, mayStopEarly: boolean): PlanFinding {
  const errors = estimateErrors(plan, { mayStopEarly })
  const [farthest] = errors
  if (farthest === undefined) {
    throw unjudgeable(
      ['No estimate of this plan can be judged: nothing in it was executed to its end.', ...statementLines(plan)],
      'Explain the statement without its LIMIT.',
    )
  }
  const off = errors.filter((error) => error.factor > factor)
  const pass = off.length === 0
  return {
    pass,
    weight: farthest.factor,
    text: () => {
      if (pass)
        return { headline: `${describe(farthest)}, and farther than ${formatCount(factor)}× was expected.`, guilty: [farthest.node] }
      const origins = originsOf(plan, off)
      const [worst = farthest] = origins
      return {
        headline: `${describe(worst)}   at most ${formatCount(factor)}×`,
        guilty: origins.slice(0, 3).map(({ node }) => node),
        notes: remedyLines(plan, worst.node),
      }
    },
  }
}

/** A wrong estimate is handed up: it begins at the nodes that have none below them. */
function originsOf(plan: Plan, off: readonly EstimateError[]): readonly EstimateError[] {
  const above = new Set(off.flatMap(({ node }) => pathTo(plan, node).slice(0, -1)))
  return off.filter(({ node }) => !above.has(node))
}

function describe({ node, estimated, actual, factor }: EstimateError): string {
  const way = actual > estimated ? 'few' : 'many'
  const loops = (node.actual?.loops ?? 1) > 1 ? ' in each loop' : ''
  const times = formatCount(factor < 10 ? Math.round(factor * 10) / 10 : Math.round(factor))
  return `${describeNode(node)}: estimated ${formatCount(estimated)} rows, found ${formatCount(actual)}${loops}: ${times}× too ${way}`
}

function remedyLines(plan: Plan, node: PlanNode): readonly string[] {
  const table = tableOf(plan, node)
  if (table === undefined) return []
  const { indexCond, recheckCond, filter } = node.conditions
  const compared = new Set([indexCond ?? recheckCond, filter].flatMap((text) => readColumns(text ?? '').map(({ column }) => column)))
  const columns = table.columns.filter((column) => compared.has(column))
  const name = quoteTable(table)
  if (columns.length >= 2) {
    const list = columns.map(quoteName).join(', ')
    const statistics = quoteName([table.name, ...columns, 'stats'].join('_'))
    return [
      '  The planner takes its conditions for independent of each other. Where they are not, tell it:',
      `    CREATE STATISTICS ${statistics} ON ${list} FROM ${name}; ANALYZE ${name};`,
    ]
  }
  const [column] = columns
  if (column === undefined) return []
  return [`  Newer or finer statistics: ALTER TABLE ${name} ALTER COLUMN ${quoteName(column)} SET STATISTICS 1000; ANALYZE ${name};`]
}
