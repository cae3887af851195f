import type { SuiteVerbs } from '../databases/suite-parts.js'
import { debug } from '../primitives/debug.js'
import { withDeadline, type Deadline } from '../primitives/deadline.js'
import { errorFields } from '../primitives/error-fields.js'
import type { ProofPlace } from '../plan/advise/fix-proof.js'
import { describeDifference } from '../plan/advise/same-data.js'
import { isEnded, type Workbench } from '../plan/advise/workbench.js'
import type { PlanSchema } from '../plan/plan.js'
import type { PlanSession } from '../plan/session.js'
import { lendSession, withSession } from './with-session.js'

/** The suite on whose data indexes are proved. */
export interface ProofSource {
  readonly verbs: SuiteVerbs
  /** The role that owns its database. */
  readonly owner: string
  /** The session of a suite that is one transaction. */
  readonly transaction?: PlanSession
}

/** Where indexes are built, and why it is not a clone of the template; empty when it is. */
export interface ProofSite {
  readonly place: ProofPlace
  readonly elsewhere: string
}

/** What became of it; `why` there was no place for it. */
export type SiteOutcome<Result> = { readonly result: Result } | { readonly why: string }

/** Waiting for a lock in the suite's own database would be waiting for the test itself. */
const LOCK_TIMEOUT_MS = 100

/**
 * Uses a throw-away clone of the template, where it holds the data that the plans are of; else the suite's own database, in a transaction that is
 * rolled back.
 *
 * @throws {HotbedError} `ERR_HOTBED_DISPOSED`, `ERR_HOTBED_POSTGRES_EXITED`: nothing was found out then
 */
export async function onSameData<Result>(
  source: ProofSource,
  schema: PlanSchema,
  deadline: Deadline,
  use: (bench: Workbench, site: ProofSite) => Promise<Result>,
): Promise<SiteOutcome<Result>> {
  const inClone = await useClone(source, schema, deadline, use)
  if ('result' in inClone || deadline.isOver()) return inClone
  try {
    return { result: await useOwn(source, inClone.why, use) }
  } catch (error) {
    if (isEnded(error)) throw error
    return { why: `${inClone.why}, and in the suite's own database the statement could not be run again: ${errorFields(error).message}` }
  }
}

async function useClone<Result>(
  { verbs, owner }: ProofSource,
  schema: PlanSchema,
  deadline: Deadline,
  use: (bench: Workbench, site: ProofSite) => Promise<Result>,
): Promise<SiteOutcome<Result>> {
  const opening = verbs.openThrowAway('template')
  try {
    const opened = await withDeadline(opening, deadline.remainingMs(), 'a clone of the template')
    return await lendSession(verbs, opened, verbs.closeThrowAway, async (session) => {
      const difference = await describeDifference(session, schema)
      if (difference !== undefined) return { why: difference }
      await session.query('BEGIN')
      return { result: await use({ session, runAs: owner }, { place: 'template', elsewhere: '' }) }
    })
  } catch (error) {
    // It may open later than there is time for it.
    opening.then(verbs.closeThrowAway, () => undefined).catch((failure: unknown) => debug('throw-away clone not closed: %o', failure))
    if (isEnded(error)) throw error
    if (deadline.isOver() || errorFields(error).code === 'ERR_HOTBED_TIMEOUT')
      return { why: 'there was no time left for a clone of the template' }
    return { why: `a clone of the template could not be used: ${errorFields(error).message.replace(/\.$/, '')}` }
  }
}

async function useOwn<Result>(
  { verbs, transaction }: ProofSource,
  elsewhere: string,
  use: (bench: Workbench, site: ProofSite) => Promise<Result>,
): Promise<Result> {
  if (transaction !== undefined) return use({ session: transaction, runAs: undefined }, { place: 'transaction', elsewhere })
  return withSession(verbs, async (session) => {
    await session.query(`BEGIN; SET LOCAL lock_timeout = ${LOCK_TIMEOUT_MS}`)
    return use({ session, runAs: undefined }, { place: 'suite', elsewhere })
  })
}
