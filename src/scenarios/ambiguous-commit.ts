import { checkOptionNames } from '../primitives/options.js'
import { record } from '../tap-verbs/record.js'
import { drop } from '../wire/actions.js'
import { describeMatch, type Match } from '../wire/match.js'
import { createRace, type Outcome } from '../wire/recording/race.js'
import type { AmbiguousCommit, CutRun, EffectCounts } from './commit-runs.js'
import { measureEffect, type Effect } from './effect.js'
import { createParticipants } from './participants.js'
import { nobodyCame } from './race-failures.js'
import { checkRace, DEFAULT_DEADLINE_MS, type RaceOptions, type ScenarioHost } from './scenario.js'

export interface AmbiguousCommitOptions extends RaceOptions {
  /** The request whose connection is cut, the first that matches in each run. @default 'COMMIT' */
  readonly at?: Match
  /** Numbers that tell how often something happened, looked at before and after each run: `'SELECT count(*) AS orders FROM orders'`. */
  readonly effect: Effect
}

const OPTIONS = ['at', 'effect', 'deadlineMs', 'plans']
const CUTS = ['before', 'after'] as const
const scenario = 'ambiguousCommit'

/**
 * Cuts the connection at a commit, twice: before the server got it, and after it has committed and before the client knows. Both look the same
 * to the client; only a request that can be recognised when it comes again is carried out once in both.
 */
export async function ambiguousCommit<Result>(
  host: ScenarioHost,
  act: (run: number) => Promise<Result> | Result,
  options: AmbiguousCommitOptions,
): Promise<AmbiguousCommit<Result>> {
  checkOptionNames(options, OPTIONS, 'ambiguousCommit()')
  const { at = 'COMMIT', effect, deadlineMs = DEFAULT_DEADLINE_MS, plans = false } = options
  checkRace(2, act, options, 2)
  const match = describeMatch(at)
  const { verbs } = host.parts
  const look = (): Promise<EffectCounts> => measureEffect(verbs, effect)
  await look()
  const participants = createParticipants(act)
  const runs: CutRun[] = []
  const run = async (): Promise<readonly Outcome<Result>[]> => {
    for (const cut of CUTS) {
      const effectBefore = await look()
      const from = (await verbs.tap('position', [])) as number
      const rule = await host.rules.intercept(at, drop(cut), { times: 1 })
      void participants.start()
      await participants.settle(deadlineMs)
      const state = await rule.remove()
      const last = participants.outcomes().at(-1)
      if (state.applied === 0 && last !== undefined) throw nobodyCame({ scenario, match, state }, last)
      // What the server is still about to do belongs to this run.
      await verbs.tap('untilQuiet', [0, deadlineMs])
      const to = (await verbs.tap('position', [])) as number
      runs.push(Object.freeze({ cut, from, to, effectBefore, effectAfter: await look() }))
    }
    return participants.outcomes()
  }
  const recording = await record(host.parts, run, { plans, deadlineMs })
  const gate = { match, parties: undefined, arrived: CUTS.length, openedBy: undefined }
  return createRace(recording, { scenario, gate, invariants: [] }, { runs: Object.freeze(runs) })
}
