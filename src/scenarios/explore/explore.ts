import type { SuiteParts } from '../../databases/suite-parts.js'
import { HotbedError } from '../../primitives/error.js'
import { checkOptionNames, checkWholeNumber, wrongOption } from '../../primitives/options.js'
import { createDraws, randomKey } from '../../primitives/random.js'
import { createExploration, type Exploration, type ExplorationFailureReason } from '../../wire/recording/exploration.js'
import { linesOf, parseSequence, printSequence } from '../../wire/sequence.js'
import type { Schedule } from '../../wire/stepping.js'
import { checkInvariant, lookAtInvariant, requireHolding, type Invariant } from '../look-at-invariant.js'
import { checkDeadline, DEFAULT_DEADLINE_MS } from '../scenario.js'
import { describeFailure } from './describe-failure.js'
import { watchQuiet } from './quiet.js'
import { runSteps, type Participant, type RunContext, type StepsTaken } from './run-steps.js'

export interface ExploreOptions {
  /** Decides which interleavings are run: the same seed, the same interleavings. @default 1 */
  readonly seed?: number
  /** How many runs at most; the first that fails is the last. @default 100 */
  readonly runs?: number
  /** Brings both stores back to where every run begins. Not steered. */
  readonly before?: () => Promise<unknown> | unknown
  /** Must hold after every commit, and at the end. Looked at on a side connection. */
  readonly invariant?: Invariant
  /** A run fails when a participant rejects, too. @default false: an error may be the right answer */
  readonly failOnRejection?: boolean
  /** The text of a sequence, as `failure.text` has it: only this one is run. */
  readonly replay?: string
  /** So long the participants may do nothing at all before they count as unsettled. @default 5000 */
  readonly deadlineMs?: number
}

const OPTIONS = ['seed', 'runs', 'before', 'invariant', 'failOnRejection', 'replay', 'deadlineMs']

/**
 * Runs the participants again and again, each time with another order of everything that crosses the wire, until a run fails.
 *
 * @throws {HotbedError} `ERR_HOTBED_OPTION`, also for an invariant that does not hold before, and a `replay` that does not fit
 * @throws {HotbedError} `ERR_HOTBED_EVIDENCE` when nothing crosses the wire
 */
export async function explore<Result>(
  parts: SuiteParts,
  participants: readonly Participant<Result>[],
  options: ExploreOptions = {},
): Promise<Exploration<Result>> {
  const { seed = 1, runs = 100, replay } = checkOptions(participants, options)
  const { verbs } = parts
  const { invariant, before, failOnRejection = false, deadlineMs = DEFAULT_DEADLINE_MS } = options
  const deadlockMs = await readDeadlockMs(parts)
  const watch = watchQuiet()
  let looks = 0
  const context: RunContext<Result> = {
    verbs,
    watch,
    participants,
    before,
    deadlineMs,
    deadlockMs,
    check: async (after, position) => {
      if (invariant === undefined) return undefined
      looks += 1
      return lookAtInvariant(verbs, invariant, { after, position })
    },
  }
  const reasonOf = ({ checks, outcomes }: StepsTaken): ExplorationFailureReason | undefined => {
    if (outcomes.some(({ status }) => status === 'unsettled')) return 'unsettled'
    if (checks.some(({ holds }) => !holds)) return 'invariant'
    return failOnRejection && outcomes.some(({ status }) => status === 'rejected') ? 'rejected' : undefined
  }
  const schedules: readonly Schedule[] =
    replay === undefined
      ? Array.from({ length: runs }, (_, run) => ({ kind: 'random', seed: seedOf(seed, run) }))
      : [{ kind: 'steps', steps: parseSequence(replay, participants.length) }]

  try {
    await before?.()
    if (invariant !== undefined) requireHolding(await lookAtInvariant(verbs, invariant, { after: 'start', position: undefined }))
    const interleavings = new Set<string>()
    let last: StepsTaken<Result> | undefined
    for (const [index, schedule] of schedules.entries()) {
      const run = await runSteps(context, schedule)
      if (run.diverged !== undefined && replay !== undefined) throw divergedError(run, replay)
      if (!run.steps.some(({ kind }) => kind === 'send')) throw silentError(run)
      last = run
      interleavings.add(run.steps.map(({ participant, kind, text }) => `${participant} ${kind} ${text}`).join('\n'))
      const reason = reasonOf(run)
      const facts = { participants: participants.length, seed, runs: index + 1, interleavings: interleavings.size }
      if (reason === undefined) continue
      const found = { run, reason, reasonOf, seed: schedule.kind === 'random' ? schedule.seed : seed, isReplay: replay !== undefined }
      const looked = looks
      const failure = await describeFailure(parts, context, found)
      return createExploration({ ...facts, looks: looked, failure, invariants: failure.race.invariants })
    }
    return createExploration({
      participants: participants.length,
      seed,
      runs: schedules.length,
      interleavings: interleavings.size,
      looks,
      failure: undefined,
      invariants: last?.checks ?? [],
    })
  } finally {
    watch.end()
  }
}

/** A server of production waits a second: a run that takes so long for every lock is not worth a certain victim. */
const LONGEST_DEADLOCK_MS = 100
const DEADLOCK_MARGIN_MS = 20

async function readDeadlockMs({ facts, verbs }: SuiteParts): Promise<number> {
  if (facts.postgres === undefined) return 0
  const { rows } = await verbs.query("SELECT setting::int AS ms FROM pg_settings WHERE name = 'deadlock_timeout'", undefined)
  const ms = Number((rows[0] as { readonly ms?: unknown } | undefined)?.ms ?? 0)
  return ms > LONGEST_DEADLOCK_MS ? 0 : ms + DEADLOCK_MARGIN_MS
}

/** The first run has the seed itself, so that every run can be had by its own seed alone. */
function seedOf(seed: number, run: number): number {
  return run === 0 ? seed : createDraws(randomKey('explore', 'runs', seed)).bits(run)
}

function checkOptions(participants: readonly unknown[], options: ExploreOptions): ExploreOptions {
  if (!Array.isArray(participants) || participants.length < 2 || participants.some((one) => typeof one !== 'function'))
    throw wrongOption('participants', 'a list of at least two functions', participants)
  checkOptionNames(options, OPTIONS, 'explore()')
  const { seed = 1, runs = 100, before, invariant, failOnRejection = false, replay, deadlineMs = DEFAULT_DEADLINE_MS } = options
  checkWholeNumber('seed', seed, 0)
  checkWholeNumber('runs', runs, 1)
  if (before !== undefined && typeof before !== 'function') throw wrongOption('before', 'a function', before)
  checkInvariant(invariant)
  if (typeof failOnRejection !== 'boolean') throw wrongOption('failOnRejection', 'true or false', failOnRejection)
  if (replay !== undefined && typeof replay !== 'string') throw wrongOption('replay', 'the text of a sequence', replay)
  checkDeadline(deadlineMs)
  if (invariant === undefined && !failOnRejection) {
    throw new HotbedError('ERR_HOTBED_OPTION', {
      message: 'explore() has neither an invariant nor failOnRejection, so no run could fail.',
      remedy: "Say what must hold: { invariant: 'SELECT sum(free) >= 0, sum(free) AS free FROM seats' }.",
    })
  }
  return options
}

function divergedError({ steps, diverged }: StepsTaken, replay: string): HotbedError {
  const lines = replay.split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.trim()]))
  const found = diverged?.found ?? []
  return new HotbedError('ERR_HOTBED_OPTION', {
    message: `The sequence does not fit any more: line ${(diverged?.index ?? 0) + 1}, '${lines[diverged?.index ?? 0]}', is not possible there. Possible was: ${found.join(' | ')}`,
    remedy: 'The application asks something else by now, or its data is not what it was. Explore again without replay.',
    log: printSequence(linesOf(steps)),
  })
}

function silentError({ outcomes }: StepsTaken): HotbedError {
  return new HotbedError('ERR_HOTBED_EVIDENCE', {
    message: `None of the ${outcomes.length} participants has sent anything through the tap, so there is nothing to interleave.`,
    remedy: 'Connect the application to suite.postgres.url and suite.redis.url, and let the participants await what they do.',
  })
}
