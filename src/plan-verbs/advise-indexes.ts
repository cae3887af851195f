import { createDeadline } from '../primitives/deadline.js'
import { checkOptionNames, wrongOption } from '../primitives/options.js'
import { chooseIndexes } from '../plan/advise/choose-set.js'
import { makeIndexAdvice, type IndexAdvice } from '../plan/advise/index-advice.js'
import { mergeCandidates, mergeSchemas, type WorkloadStatement } from '../plan/advise/workload.js'
import type { Plan } from '../plan/plan.js'
import { buffersOf } from '../plan/work.js'
import { onSameData, type ProofSource } from './proof-place.js'
import { checkTimeout } from './prove-fix.js'
import { isRecording, type Recording } from '../wire/recording/recording.js'
import { monotonicMs } from '../primitives/real-time.js'

/** How long indexes are looked for. */
export interface AdviseIndexesOptions {
  /** For all of it; what was found until then is told. @default 10_000 */
  readonly timeoutMs?: number
}

/**
 * Looks for the smallest set of indexes that is of use to everything that a recording has seen, by really building them and running its statements
 * again.
 *
 * @throws {HotbedError} `ERR_HOTBED_OPTION` for what is no recording, one without plans, or wrong options
 */
export async function adviseIndexes(source: ProofSource, recording: Recording, options: AdviseIndexesOptions = {}): Promise<IndexAdvice> {
  if (!isRecording(recording)) throw wrongOption('recording', 'a recording, as suite.record() gives it', recording)
  checkOptionNames(options, ['timeoutMs'], 'adviseIndexes()')
  const { timeoutMs = 10_000 } = options
  checkTimeout(timeoutMs)
  const startedAt = monotonicMs()
  const deadline = createDeadline(timeoutMs)
  const statements = readWorkload(recording)
  if (recording.statements.length > 0 && statements.length === 0)
    throw wrongOption('recording', 'one with plans: record(act, { plans: true })', recording)
  const candidates = mergeCandidates(statements)
  const nothing = (why: string): IndexAdvice =>
    makeIndexAdvice({
      place: 'nowhere',
      elsewhere: '',
      indexes: [],
      statements: [],
      before: 0,
      after: 0,
      needless: [],
      untried: candidates.length,
      why,
      elapsedMs: monotonicMs() - startedAt,
    })
  if (candidates.length === 0)
    return nothing('the plans show no condition, order or join that an index could serve better than those there are.')
  const outcome = await onSameData(source, mergeSchemas(statements), deadline, (bench, site) =>
    chooseIndexes(bench, statements, candidates, { ...site, deadline, startedAt }),
  )
  return 'result' in outcome
    ? outcome.result
    : nothing(deadline.isOver() ? `${outcome.why} after ${timeoutMs} ms; { timeoutMs } waits longer.` : `${outcome.why}.`)
}

/** Statements by shape, each with the plan of the execution that read most. */
function readWorkload({ statements }: Recording): readonly WorkloadStatement[] {
  const shapes = new Map<string, { times: number; plan: Plan }>()
  for (const { shape, plan } of statements) {
    if (plan === undefined) continue
    const known = shapes.get(shape)
    if (known === undefined) shapes.set(shape, { times: 1, plan })
    else {
      known.times += 1
      if (buffersOf(plan) > buffersOf(known.plan)) known.plan = plan
    }
  }
  return [...shapes].map(([shape, { times, plan }]) => ({ shape, times, plan }))
}
