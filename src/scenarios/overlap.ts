import type { SuiteVerbs } from '../databases/suite-parts.js'
import { checkOptionNames } from '../primitives/options.js'
import type { Rule } from '../tap-verbs/intercept.js'
import { record } from '../tap-verbs/record.js'
import { hold } from '../wire/actions.js'
import { describeMatch, type Match } from '../wire/match.js'
import { createRace, type Outcome, type Race } from '../wire/recording/race.js'
import { watchInvariant } from './invariant.js'
import type { Invariant } from './look-at-invariant.js'
import { keepGate } from './keep-gate.js'
import { createParticipants, type Participants } from './participants.js'
import { cameTwice, nobodyCame, tooFewCame, type FailedGate } from './race-failures.js'
import { checkDeadline, checkRace, DEFAULT_DEADLINE_MS, type RaceOptions, type ScenarioHost } from './scenario.js'

export interface OverlapOptions extends RaceOptions {
  /** The statement or command before which all wait for each other: the write that was decided by a read before it. */
  readonly at: Match
  /** Looked at after every commit, at the start and at the end. @default none */
  readonly invariant?: Invariant
  /** Those that do not come and ask nothing new for so long wait in memory, or ask for a lock again and again. @default 100 */
  readonly quietMs?: number
}

const OPTIONS = ['at', 'invariant', 'deadlineMs', 'plans', 'quietMs']
const DEFAULT_QUIET_MS = 100
const scenario = 'overlap'

/**
 * Brings `n` participants past a point together. The first comes to it alone, then the others start; whoever is kept away by a lock, has ended, or
 * waits in memory is not waited for.
 */
export async function overlap<Result>(
  host: ScenarioHost,
  n: number,
  act: (participant: number) => Promise<Result> | Result,
  options: OverlapOptions,
): Promise<Race<Result>> {
  checkOptionNames(options, OPTIONS, 'overlap()')
  const { at, invariant, deadlineMs = DEFAULT_DEADLINE_MS, plans = false, quietMs = DEFAULT_QUIET_MS } = options
  checkRace(n, act, options, 2)
  checkDeadline(quietMs, 'quietMs')
  const match = describeMatch(at)
  const { verbs } = host.parts
  const looks = await watchInvariant(verbs, invariant)
  const gate = await host.rules.intercept(at, hold({ parties: n, deadlineMs }))
  const participants = createParticipants(act)
  let endWatch = (): void => {}
  const run = async (): Promise<readonly Outcome<Result>[]> => {
    await comeAlone({ scenario, match }, gate, participants, { verbs, deadlineMs })
    await verbs.tap('beginProgress', [])
    while (participants.started() < n) void participants.start()
    endWatch = keepGate(host, gate, participants, { quietMs, deadlineMs })
    await participants.settle(2 * deadlineMs)
    return participants.outcomes()
  }
  try {
    const recording = await record(host.parts, run, { plans, deadlineMs })
    const state = await gate.remove()
    const { applied: arrived, outcome: openedBy } = state
    if (openedBy === 'deadline') throw tooFewCame({ scenario, match, state }, { parties: n, arrived, deadlineMs }, recording.result)
    return createRace(recording, { scenario, gate: { match, parties: n, arrived, openedBy }, invariants: await looks.stop() })
  } finally {
    endWatch()
    await gate.remove()
    await looks.stop()
  }
}

/** Starts the first and waits until it stands at the gate, alone: which statements are whose is certain then. */
async function comeAlone(
  gate: Pick<FailedGate, 'scenario' | 'match'>,
  rule: Rule,
  participants: Participants<unknown>,
  { verbs, deadlineMs }: { readonly verbs: SuiteVerbs; readonly deadlineMs: number },
): Promise<void> {
  const arriving = rule.arrived(1, { timeoutMs: deadlineMs })
  // It may end first.
  arriving.catch(() => {})
  await Promise.race([participants.start(), arriving])
  const [first] = participants.outcomes()
  if ((await rule.state()).applied > 0) await verbs.tap('untilQuiet', [0, deadlineMs])
  const state = await rule.state()
  if (state.applied === 0 && first !== undefined) throw nobodyCame({ ...gate, state }, first)
  if (state.applied > 1) throw cameTwice({ ...gate, state }, state.applied)
}
