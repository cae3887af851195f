import { plural } from '../../primitives/plural.js'
import { isPlan, type Plan } from '../../plan/plan.js'
import { isRecording, isStatement, type NestedStatement, type Statement } from '../../wire/recording/recording.js'
import { unjudgeable, wrongEvidence } from './evidence.js'

/** One plan of what a matcher was given. */
export interface JudgedPlan {
  readonly plan: Plan
  /** The statement of a recording that ran it; `undefined` for a plan that was explained. */
  readonly statement: Statement | undefined
  /** What a function, trigger or foreign key of the statement ran: the plan is then of this. */
  readonly nested: NestedStatement | undefined
}

/**
 * The plans that a matcher was given: of a plan itself, of one statement with what it ran within, or of every statement of a recording.
 *
 * @throws {HotbedError} `ERR_HOTBED_EVIDENCE`, with and without `.not`, for anything else, and where no plan was recorded
 */
export function readPlans(received: unknown, matcher: string): readonly JudgedPlan[] {
  if (isPlan(received)) return [{ plan: received, statement: undefined, nested: undefined }]
  if (isStatement(received)) {
    if (received.plan !== undefined) return plansOf(received)
    throw unjudgeable(
      [`${matcher} judges plans, and this statement has none: ${received.planUnavailable ?? withoutPlan(received)}.`, `  ${received.sql}`],
      isPlanned(received)
        ? 'Record with { plans: true }, or explain the statement: await postgres.explain(sql, params)'
        : 'Pass a SELECT, INSERT, UPDATE, DELETE or MERGE, or the whole recording.',
    )
  }
  if (isRecording(received)) {
    const plans = received.statements.flatMap(plansOf)
    if (plans.length > 0) return plans
    const why = received.statements.find(({ planUnavailable }) => planUnavailable !== undefined)?.planUnavailable
    throw unjudgeable(
      [
        `${matcher} judges plans, and this recording has none, of ${plural(received.statements.length, 'statement')}.`,
        ...(why === undefined ? [] : [`  ${why}`]),
      ],
      'Record with { plans: true }, and something that asks Postgres.',
    )
  }
  throw wrongEvidence(received, matcher, 'a plan, a statement or a recording', 'const plan = await postgres.explain(sql, params)')
}

/**
 * The one plan that a matcher was given: itself, or that of a statement, without what ran within.
 *
 * @throws {HotbedError} `ERR_HOTBED_EVIDENCE`, with and without `.not`, for anything else, and where no plan was recorded
 */
export function readOnePlan(received: unknown, matcher: string): Plan {
  const [own] = isRecording(received) ? [] : readPlans(received, matcher)
  if (own !== undefined && own.nested === undefined) return own.plan
  throw wrongEvidence(received, matcher, 'a plan or a statement', 'const plan = await postgres.explain(sql, params)')
}

/** Of these something is missing when their plan is; others, such as BEGIN and SET, have none. */
const PLANNED = /^(?:SELECT|INSERT|UPDATE|DELETE|MERGE)\b/

/** A statement that failed, or whose answer never came, has no tag: then nothing is known. */
function isPlanned({ tag }: Statement): boolean {
  return tag === undefined || PLANNED.test(tag)
}

function withoutPlan(statement: Statement): string {
  return isPlanned(statement)
    ? 'it was recorded without plans'
    : `PostgreSQL carries out ${statement.tag?.replace(/ \d.*$/, '')} without one`
}

/**
 * For a verdict that nothing was found: it says nothing of statements whose plan was not seen, although plans were recorded.
 *
 * @throws {HotbedError} `ERR_HOTBED_EVIDENCE` when there are any that were executed
 */
export function refuseUnseen(received: unknown, matcher: string): void {
  if (!isRecording(received)) return
  const unseen = received.statements.filter(({ planUnavailable, tag }) => planUnavailable !== undefined && PLANNED.test(tag ?? ''))
  const [first] = unseen
  if (first === undefined) return
  throw unjudgeable(
    [
      `${matcher} found nothing in the plans there are, but ${unseen.length === 1 ? 'one statement' : `${unseen.length} statements`} came without: ${first.planUnavailable}.`,
      `  ${first.sql}`,
    ],
    'Judge the statements by themselves, or begin the recording while the connections are at rest.',
  )
}

function plansOf(statement: Statement): readonly JudgedPlan[] {
  if (statement.plan === undefined) return []
  const within = (nested: readonly NestedStatement[]): readonly JudgedPlan[] =>
    nested.flatMap((one) => [{ plan: one.plan, statement, nested: one }, ...within(one.nested)])
  return [{ plan: statement.plan, statement, nested: undefined }, ...within(statement.nested)]
}
