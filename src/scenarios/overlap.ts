import { checkOptionNames } from '../primitives/options.js'
import { describeMatch, type Match } from '../wire/match.js'
import { createRace, type Race } from '../wire/recording/race.js'
import { watchInvariant } from './invariant.js'
import type { Invariant } from './look-at-invariant.js'
import { createParticipants } from './participants.js'
import { cameTwice } from './race-failures.js'
import { recordAtGate, type GatedRun } from './record-at-gate.js'
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
  const spec = { scenario, at, match, parties: n, deadlineMs, plans, quietMs }
  // Alone, so that it is certain which statements are whose.
  const run = async ({ gate, startFirst, startUpTo }: GatedRun): Promise<void> => {
    await startFirst()
    await verbs.tap('untilQuiet', [0, deadlineMs])
    const state = await gate.state()
    if (state.applied > 1) throw cameTwice({ scenario, match, state }, state.applied)
    await startUpTo(n)
  }
  try {
    const { recording, gate } = await recordAtGate(host, spec, createParticipants(act), run)
    return createRace(recording, { scenario, gate, invariants: await looks.stop() })
  } finally {
    await looks.stop()
  }
}
