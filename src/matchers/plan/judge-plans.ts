import type { Plan } from '../../plan/plan.js'
import { formatCount } from '../../plan/print.js'
import { unjudgeable } from '../message/evidence.js'
import { readPlans, refuseUnseen, type JudgedPlan } from '../message/judged-plans.js'
import { judgedLines } from '../message/plan-excerpt.js'
import { foundLines, type PlanText } from '../message/plan-text.js'
import type { MatcherVerdict } from '../message/verdict.js'

/** What `expect` tells a matcher by `this`, in vitest and in jest. Nothing where a matcher is called by itself. */
export interface MatcherContext {
  readonly isNot?: boolean
}

/** What one plan was found to be. */
export interface PlanFinding {
  readonly pass: boolean
  /** Of several offenders the one with the most is printed first. @default 0 */
  readonly weight?: number
  /** Made only when it is printed; speaks for the verdict that `pass` is. */
  readonly text: () => PlanText
}

export interface PlanJudgement {
  /** Its name, for messages. */
  readonly matcher: string
  /** Refuses wrong arguments, once the evidence is known to be right. */
  readonly check?: () => void
  /** Which plans of several are judged at all. A plan that is alone always is: `judge` then says itself what is amiss. @default all of them */
  readonly concerns?: (judged: JudgedPlan) => boolean
  /** What those do, in words: `reads orders`. */
  readonly concern?: string
  readonly judge: (plan: Plan, judged: JudgedPlan) => PlanFinding
}

/**
 * Judges the plan, or every plan of the statement or recording, that a matcher was given. All of them have to pass; with `.not` none may.
 *
 * @throws {HotbedError} `ERR_HOTBED_EVIDENCE`, with and without `.not`, for other evidence, and where no plan is concerned
 */
export function judgePlans(context: MatcherContext | void, received: unknown, judgement: PlanJudgement): MatcherVerdict {
  const isNot = context !== undefined && context.isNot === true
  const found = concernedPlans(received, judgement).map((judged) => ({ judged, finding: judgement.judge(judged.plan, judged) }))
  const pass = isNot ? found.some(({ finding }) => finding.pass) : found.every(({ finding }) => finding.pass)
  if (pass !== isNot) refuseUnseen(received, judgement.matcher)
  return {
    pass,
    message: () => {
      const decisive = found.filter(({ finding }) => finding.pass === pass)
      const worstFirst = decisive.toSorted((a, b) => (b.finding.weight ?? 0) - (a.finding.weight ?? 0))
      return foundLines(
        worstFirst.map(({ judged, finding }) => ({ judged, text: finding.text })),
        found.length,
      ).join('\n')
    },
  }
}

function concernedPlans(received: unknown, judgement: PlanJudgement): readonly JudgedPlan[] {
  const { matcher, check, concerns = () => true, concern } = judgement
  const all = readPlans(received, matcher)
  check?.()
  if (all.length === 1) return all
  const concerned = all.filter(concerns)
  if (concerned.length > 0) return concerned
  throw unjudgeable(
    [
      `${matcher} has nothing to judge: none of the ${formatCount(all.length)} plans ${concern ?? 'is concerned'}.`,
      ...all.slice(0, 3).flatMap((judged) => judgedLines(judged, 1).slice(0, 1)),
    ],
    'Record something that does.',
  )
}
