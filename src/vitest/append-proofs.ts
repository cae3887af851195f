import { plansByWork } from '../matchers/index.js'
import { debug } from '../primitives/debug.js'
import { createDeadline, type Deadline } from '../primitives/deadline.js'
import { adviseCandidates } from '../plan/advise/candidates.js'
import { findProver } from '../plan/provers.js'
import type { FailedExpectation } from './failed-expectations.js'

const STATEMENT_LENGTH = 100

/** The part of a test's error that the reporters print. */
interface ReportedError {
  message: string
  stack?: string | undefined
}

/**
 * Says in the errors of a failed test which index would help, proved by building it.
 *
 * @param timeoutMs for all of them
 */
export async function appendProofs(
  errors: readonly ReportedError[],
  failed: readonly FailedExpectation[],
  timeoutMs: number,
): Promise<void> {
  const deadline = createDeadline(timeoutMs)
  for (const expectation of failed) {
    const error = errors.find(({ message }) => message === expectation.message)
    if (error === undefined || deadline.isOver()) continue
    const text = await proveOne(expectation, deadline).catch((problem: unknown) => debug('no fix was proved: %o', problem))
    if (text !== undefined) append(error, text)
  }
}

async function proveOne({ received, matcher }: FailedExpectation, deadline: Deadline): Promise<string | undefined> {
  const plans = plansByWork(received, matcher)
  // Of a whole recording the statement that reads most: the second one's proof is had when the first is mended.
  const plan = plans.find((one) => findProver(one) !== undefined && adviseCandidates(one).length > 0)
  const prover = plan === undefined ? undefined : findProver(plan)
  if (plan === undefined || prover === undefined) return undefined
  const proof = await prover(plan, { timeoutMs: Math.ceil(deadline.remainingMs()) })
  const statement = plans.length === 1 ? [] : [`For ${plan.sql.replaceAll(/\s+/g, ' ').trim().slice(0, STATEMENT_LENGTH)}`]
  return [...statement, ...proof.toString().split('\n')].map((line) => `  ${line}`).join('\n')
}

function append(error: ReportedError, text: string): void {
  const message = `${error.message}\n\n${text}`
  // Reporters of some formats print the stack, which begins with the message.
  error.stack = error.stack?.replace(error.message, () => message)
  error.message = message
}
