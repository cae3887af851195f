import { createDeadline } from '../primitives/deadline.js'
import { checkOptionNames, wrongOption } from '../primitives/options.js'
import { adviseCandidates } from '../plan/advise/candidates.js'
import { makeFixProof, type FixProof } from '../plan/advise/fix-proof.js'
import { proveCandidates } from '../plan/advise/prove.js'
import { isPlan, type Plan } from '../plan/plan.js'
import { onSameData, type ProofSource } from './proof-place.js'
import { monotonicMs } from '../primitives/real-time.js'

/** How long a fix is looked for. */
export interface ProveFixOptions {
  /** For all of it; what was found until then is told. @default 1000 */
  readonly timeoutMs?: number
}

/**
 * Looks for the index that a plan lacks, by really building the candidates and running the statement again.
 *
 * @throws {HotbedError} `ERR_HOTBED_OPTION` for what is no plan, or for wrong options
 */
export async function proveFix(source: ProofSource, plan: Plan, options: ProveFixOptions = {}): Promise<FixProof> {
  if (!isPlan(plan)) throw wrongOption('plan', 'a plan, as postgres.explain() gives it', plan)
  checkOptionNames(options, ['timeoutMs'], 'proveFix()')
  const { timeoutMs = 1_000 } = options
  checkTimeout(timeoutMs)
  const startedAt = monotonicMs()
  const deadline = createDeadline(timeoutMs)
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
      elapsedMs: monotonicMs() - startedAt,
    })
  if (candidates.length === 0)
    return nothing('the plan shows no condition, order or join that an index could serve better than those there are.')
  const outcome = await onSameData(source, plan.schema, deadline, (bench, site) =>
    proveCandidates(bench, plan, candidates, { ...site, startedAt, timeoutMs }),
  )
  if ('result' in outcome) return outcome.result
  return nothing(deadline.isOver() ? `${outcome.why} after ${timeoutMs} ms; { timeoutMs } waits longer.` : `${outcome.why}.`)
}

/** @throws {HotbedError} `ERR_HOTBED_OPTION` */
export function checkTimeout(timeoutMs: unknown): void {
  if (!(Number.isInteger(timeoutMs) && Number(timeoutMs) > 0))
    throw wrongOption('timeoutMs', 'a whole number of milliseconds above 0', timeoutMs)
}
