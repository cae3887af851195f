import type { SuiteVerbs } from './databases/suite-parts.js'
import { debug } from './primitives/debug.js'
import { createDeadline, withDeadline } from './primitives/deadline.js'
import { errorFields } from './primitives/error-fields.js'
import { checkOptionNames, wrongOption } from './primitives/options.js'
import { adviseCandidates } from './plan/advise/candidates.js'
import { makeFixProof, type FixProof } from './plan/advise/fix-proof.js'
import { describeDifference } from './plan/advise/same-data.js'
import { proveCandidates } from './plan/advise/prove.js'
import { isPlan, type Plan } from './plan/plan.js'
import type { PlanSession } from './plan/session.js'

/** How long a fix is looked for. */
export interface ProveFixOptions {
  /** For all of it; what was found until then is told. @default 1000 */
  readonly timeoutMs?: number
}

/** The suite whose data a fix is proved on. */
export interface ProofSource {
  readonly verbs: SuiteVerbs
  /** The role that owns its database. */
  readonly owner: string
  /** The session of a suite that is one transaction. */
  readonly transaction?: PlanSession
}

/** Waiting for a lock in the suite's own database would be waiting for the test itself. */
const LOCK_TIMEOUT_MS = 100

/**
 * Looks for the index that a plan lacks, by really building the candidates and running the statement again.
 *
 * @throws {HotbedError} `ERR_HOTBED_OPTION` for what is no plan, or for wrong options
 */
export async function proveFix({ verbs, owner, transaction }: ProofSource, plan: Plan, options: ProveFixOptions = {}): Promise<FixProof> {
  const startedAt = performance.now()
  const timeoutMs = checkOptions(plan, options)
  const candidates = adviseCandidates(plan)
  const nothing = (why: string): FixProof =>
    makeFixProof({
      plan,
      place: 'nowhere',
      elsewhere: '',
      fix: undefined,
      alternatives: [],
      trials: [],
      untried: candidates.length,
      why,
      elapsedMs: performance.now() - startedAt,
    })
  if (candidates.length === 0)
    return nothing('the plan shows no condition, order or join that an index could serve better than those there are.')
  const request = { startedAt, timeoutMs }
  const inClone = await provideClone(verbs, plan, timeoutMs, async (session) => {
    await session.query('BEGIN')
    return proveCandidates({ session, runAs: owner }, plan, candidates, { ...request, place: 'template', elsewhere: '' })
  })
  if (inClone.result !== undefined) return inClone.result
  if (performance.now() - startedAt >= timeoutMs)
    return nothing(`${inClone.why}, and ${timeoutMs} ms were over then; { timeoutMs } waits longer.`)
  try {
    if (transaction !== undefined) {
      return await proveCandidates({ session: transaction, runAs: undefined }, plan, candidates, {
        ...request,
        place: 'transaction',
        elsewhere: inClone.why,
      })
    }
    return await useSession(
      verbs,
      () => verbs.openSession(),
      verbs.closeSession,
      async (session) => {
        await session.query(`BEGIN; SET LOCAL lock_timeout = ${LOCK_TIMEOUT_MS}`)
        return proveCandidates({ session, runAs: undefined }, plan, candidates, { ...request, place: 'suite', elsewhere: inClone.why })
      },
    )
  } catch (error) {
    return nothing(`${inClone.why}, and in the suite's own database the statement could not be run again: ${errorFields(error).message}`)
  }
}

type CloneOutcome = { readonly result: FixProof; readonly why?: never } | { readonly result?: never; readonly why: string }

/** Uses a clone of the template, where it holds the data that the plan is about. */
async function provideClone(
  verbs: SuiteVerbs,
  plan: Plan,
  timeoutMs: number,
  prove: (session: PlanSession) => Promise<FixProof>,
): Promise<CloneOutcome> {
  const deadline = createDeadline(timeoutMs)
  const opening = verbs.openThrowAway('template')
  const open = (): Promise<number> => withDeadline(opening, deadline.remainingMs(), 'a clone of the template')
  try {
    return await useSession(verbs, open, verbs.closeThrowAway, async (session) => {
      const difference = await describeDifference(session, plan)
      return difference === undefined ? { result: await prove(session) } : { why: difference }
    })
  } catch (error) {
    opening.then(verbs.closeThrowAway, () => undefined).catch((failure: unknown) => debug('throw-away clone not closed: %o', failure))
    return { why: `a clone of the template could not be used (${errorFields(error).message})` }
  }
}

async function useSession<Result>(
  verbs: SuiteVerbs,
  open: () => Promise<number>,
  close: (session: number) => Promise<void>,
  use: (session: PlanSession) => Promise<Result>,
): Promise<Result> {
  const session = await open()
  try {
    return await use({ query: (sql, values) => verbs.query(sql, values, session) })
  } finally {
    // Its transaction ends with it.
    await close(session)
  }
}

function checkOptions(plan: unknown, options: ProveFixOptions): number {
  if (!isPlan(plan)) throw wrongOption('plan', 'a plan, as postgres.explain() gives it', plan)
  checkOptionNames(options, ['timeoutMs'], 'proveFix()')
  const { timeoutMs = 1_000 } = options
  if (!(Number.isInteger(timeoutMs) && timeoutMs > 0)) throw wrongOption('timeoutMs', 'a whole number of milliseconds above 0', timeoutMs)
  return timeoutMs
}
