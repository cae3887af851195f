import { checkOptionNames, wrongOption } from '../../primitives/options.js'
import { formatCount } from '../../plan/print.js'
import type { Plan } from '../../plan/plan.js'
import type { MatcherVerdict } from '../message/verdict.js'
import { discardedRows, examinedRows } from '../../plan/work.js'
import { countRows, outcomeOf, refuseUncounted } from './counted.js'
import { judgePlans, type MatcherContext, type PlanFinding } from './judge-plans.js'

/** How many rows may be looked at. With both, both hold. */
export interface ExamineBudget {
  /** For each row that the statement returns, or writes; one that returns none may look at as many as one that returns one. @default no limit */
  readonly perRowReturned?: number
  /** In all. @default no limit */
  readonly inTotal?: number
}

/**
 * Passes when the plan looks at no more rows than that: rows that its scans of tables read, those thrown away by a filter among them, over all
 * loops. An aggregate looks at many rows to return one by its nature: give it `inTotal`.
 *
 * @param received a plan, a statement of a recording, or a recording
 * @throws {HotbedError} `ERR_HOTBED_EVIDENCE` for what has no plan, a plan that was only estimated
 * @throws {HotbedError} `ERR_HOTBED_OPTION` for what is no budget
 */
export function toExamineAtMostRows(this: MatcherContext | void, received: unknown, budget: ExamineBudget): MatcherVerdict {
  return judgePlans(this, received, {
    matcher: 'toExamineAtMostRows',
    check: () => checkBudget(budget),
    judge: (plan) => {
      refuseUncounted(plan, 'toExamineAtMostRows')
      return judgeExamined(plan, budget)
    },
  })
}

function judgeExamined(plan: Plan, { perRowReturned = Infinity, inTotal = Infinity }: ExamineBudget): PlanFinding {
  const scans = examinedRows(plan)
  const total = scans.reduce((sum, { rows }) => sum + rows, 0)
  const outcome = outcomeOf(plan)
  const perRow = total / Math.max(outcome.rows, 1)
  const pass = perRow <= perRowReturned && total <= inTotal
  const limits = [
    ...(perRowReturned === Infinity ? [] : [`${formatCount(perRowReturned)} per row`]),
    ...(inTotal === Infinity ? [] : [`${formatCount(inTotal)} in all`]),
  ].join(', ')
  const examined = `Examined ${countRows(total)} ${outcome.text}, ${formatCount(perRow)} per row`
  return {
    pass,
    weight: perRow,
    text: () => {
      const guilty = scans.filter(({ rows }, rank) => rank === 0 || rows >= total / 4)
      const discarded = guilty.reduce((sum, { node }) => sum + discardedRows(node), 0)
      return {
        headline: pass ? `${examined}, and more than ${limits} was expected.` : `${examined}   budget ${limits}`,
        guilty: guilty.length > 0 ? guilty.map(({ node }) => node) : [plan.root],
        notes:
          pass || discarded === 0 ? [] : [`  ${formatCount(discarded)} of them were thrown away: no index met the condition under Filter.`],
      }
    },
  }
}

function checkBudget(budget: unknown): void {
  if (typeof budget !== 'object' || budget === null) throw wrongOption('budget', '{ perRowReturned, inTotal }', budget)
  checkOptionNames(budget, ['perRowReturned', 'inTotal'], 'toExamineAtMostRows()')
  const limits = Object.entries(budget).filter(([, value]) => value !== undefined)
  if (limits.length === 0) throw wrongOption('budget', '{ perRowReturned, inTotal } with one of them at least', budget)
  for (const [name, value] of limits) {
    if (typeof value !== 'number' || !(value >= 0)) throw wrongOption(name, 'a number of rows from 0 on', value)
  }
}
