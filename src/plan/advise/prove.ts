import { createDeadline } from '../../primitives/deadline.js'
import type { Plan } from '../plan.js'
import { formatCount } from '../print.js'
import { workOf, type PlanWork } from '../work.js'
import { makeFixProof, type FixProof, type ProofPlace, type ProvedIndex } from './fix-proof.js'
import type { IndexCandidate } from './index-candidate.js'
import { canRun, explainAgain, tryIndex, type IndexTrial } from './trial.js'
import { rethrowLost, type Workbench } from './workbench.js'
import { monotonicMs } from '../../primitives/real-time.js'

/** Where and for how long indexes are tried. */
export interface ProofRequest {
  readonly place: ProofPlace
  readonly elsewhere: string
  readonly startedAt: number
  readonly timeoutMs: number
}

/** A saving below this share of the whole is noise. */
const LEAST_SHARE = 0.1
/** A covering index takes more space with every row, so it has to save this share more. */
const COVERING_SHARE = 0.05
/** A partial index that is not so much smaller is not worth that it serves one constant only. */
const PARTIAL_SIZE = 0.5

/** Builds the candidates one after the other, as long as there is time, and chooses. The session is in a transaction, and everything is undone. */
export async function proveCandidates(
  bench: Workbench,
  plan: Plan,
  candidates: readonly IndexCandidate[],
  { place, elsewhere, startedAt, timeoutMs }: ProofRequest,
): Promise<FixProof> {
  const deadline = createDeadline(timeoutMs - (monotonicMs() - startedAt))
  const trials: IndexTrial[] = []
  const baseline = await explainAgain(bench, plan, deadline, canRun(plan)).catch((error: unknown) => {
    rethrowLost(error)
    // It takes longer than there is time; what it did when it was explained is known all the same.
    if (plan.analyzed) return plan
    throw error
  })
  const before = workOf(baseline)
  for (const candidate of candidates) {
    if (deadline.isOver()) break
    trials.push(await tryIndex(bench, baseline, candidate, deadline))
  }
  const proved = trials.flatMap((trial) => asProof(trial, before))
  const fix = choose(proved)
  const untried = candidates.length - trials.length
  return makeFixProof({
    plan,
    place,
    elsewhere,
    fix,
    alternatives: proved.filter((one) => one !== fix && isAlternative(one, fix)).toSorted((a, b) => a.after.count - b.after.count),
    trials,
    untried,
    why: fix === undefined ? explainFailure(trials, before, { untried, timeoutMs }) : '',
    elapsedMs: monotonicMs() - startedAt,
  })
}

function asProof({ candidate, index, plan, bytes, insertBuffers }: IndexTrial, before: PlanWork): readonly ProvedIndex[] {
  if (plan === undefined) return []
  const after = workOf(plan)
  if (after.count > before.count * (1 - LEAST_SHARE)) return []
  return [{ candidate, index, ddl: candidate.ddl, plan, before, after, bytes, insertBuffers, misordered: candidate.misordered?.name }]
}

/** The fewest buffers among plain indexes; a partial one when it is as good and much smaller, a covering one when it saves much more. */
function choose(proved: readonly ProvedIndex[]): ProvedIndex | undefined {
  const best = (of: readonly ProvedIndex[]): ProvedIndex | undefined =>
    of.toSorted((a, b) => a.after.count - b.after.count || a.ddl.length - b.ddl.length)[0]
  const isCovering = ({ candidate }: ProvedIndex): boolean => candidate.included.length > 0
  const isPartial = ({ candidate }: ProvedIndex): boolean => candidate.predicate !== undefined
  const winner = (of: readonly ProvedIndex[]): ProvedIndex | undefined => {
    const plain = best(of.filter((one) => !isPartial(one)))
    const partial = best(of.filter(isPartial))
    if (plain === undefined || partial === undefined) return plain ?? partial
    const isSmaller = (partial.bytes ?? Infinity) < (plain.bytes ?? 0) * PARTIAL_SIZE
    return isSmaller && partial.after.count <= plain.after.count + 1 ? partial : plain
  }
  const narrow = winner(proved.filter((one) => !isCovering(one)))
  const covering = winner(proved.filter(isCovering))
  if (narrow === undefined || covering === undefined) return narrow ?? covering
  return narrow.after.count - covering.after.count > narrow.before.count * COVERING_SHARE ? covering : narrow
}

function isAlternative(one: ProvedIndex, fix: ProvedIndex | undefined): boolean {
  if (fix === undefined) return false
  return one.after.count < fix.after.count || (one.bytes ?? Infinity) < (fix.bytes ?? 0) * PARTIAL_SIZE
}

function explainFailure(
  trials: readonly IndexTrial[],
  before: PlanWork,
  { untried, timeoutMs }: { readonly untried: number; readonly timeoutMs: number },
): string {
  const late = untried + trials.filter(({ outcome }) => outcome === 'late').length
  if (late > 0 && late === trials.length + untried)
    return `none of ${late} could be built within ${timeoutMs} ms; { timeoutMs } waits longer.`
  const refused = trials.find(({ outcome }) => outcome === 'refused')
  if (refused !== undefined && trials.every(({ outcome }) => outcome === 'refused'))
    return `PostgreSQL refused ${refused.candidate.ddl.slice(0, -1)}${refused.reason ?? ''}.`
  const counts = trials.flatMap(({ plan }) => (plan === undefined ? [] : [workOf(plan).count]))
  const found =
    counts.length === 0
      ? `the planner did not use ${trials.length === 1 ? 'it' : 'any of them'}`
      : `the best still needs ${formatCount(Math.min(...counts))} of ${formatCount(before.count)} ${before.unit === 'cost' ? 'of estimated cost' : 'buffers'}`
  const number = trials.length === 1 ? 'one was built' : `${trials.length} were built`
  return `${number}, and ${found}${late === 0 ? '' : `; time was up before ${late} more could be tried`}.`
}
