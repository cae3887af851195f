import type { SuiteParts } from '../../databases/suite-parts.js'
import { record } from '../../tap-verbs/record.js'
import type { ExplorationFailureReason, ExploredFailure } from '../../wire/recording/exploration.js'
import { createRace } from '../../wire/recording/race.js'
import { linesOf, printSequence, switchesOf } from '../../wire/sequence.js'
import { minimise } from './minimise.js'
import { runSteps, type RunContext, type StepsTaken } from './run-steps.js'

interface Found<Result> {
  readonly run: StepsTaken<Result>
  readonly reason: ExplorationFailureReason
  readonly reasonOf: (run: StepsTaken) => ExplorationFailureReason | undefined
  readonly seed: number
  readonly isReplay: boolean
}

/** Makes the run simpler, and records it once more. One that never ends is not run again: its participants still have what they took. */
export async function describeFailure<Result>(
  parts: SuiteParts,
  context: RunContext<Result>,
  { run, reason, reasonOf, seed, isReplay }: Found<Result>,
): Promise<ExploredFailure<Result>> {
  const isOver = reason !== 'unsettled'
  const simple =
    isOver && !isReplay
      ? await minimise(run.steps, async (turns) => {
          const tried = await runSteps(context, { kind: 'turns', turns })
          return reasonOf(tried) === reason ? tried.steps : undefined
        })
      : { steps: run.steps, replays: 0 }
  let shown = run
  const again = async (): Promise<StepsTaken<Result>['outcomes']> => {
    if (!isOver) return run.outcomes
    const repeated = await runSteps(context, { kind: 'steps', steps: linesOf(simple.steps) })
    if (reasonOf(repeated) === reason) shown = repeated
    return shown.outcomes
  }
  const recording = await record(parts, again, { plans: false, settleMs: 0 })
  const lines = linesOf(shown.steps)
  return {
    reason,
    seed,
    text: printSequence(lines).join('\n'),
    switches: switchesOf(lines),
    replays: simple.replays,
    isRepeatable: shown !== run,
    race: createRace(recording, {
      scenario: 'explore',
      gate: { match: 'every request', parties: undefined, arrived: lines.length, openedBy: 'released' },
      invariants: shown.checks,
    }),
  }
}
