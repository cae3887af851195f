import { record } from '../tap-verbs/record.js'
import type { InterceptOptions, Rule, RuleMatch } from '../tap-verbs/intercept.js'
import { hold } from '../wire/actions.js'
import type { Outcome, RaceGate } from '../wire/recording/race.js'
import type { Recording } from '../wire/recording/recording.js'
import { arriveOrEnd } from './arrive-or-end.js'
import { keepGate } from './keep-gate.js'
import type { Participants } from './participants.js'
import { nobodyCame, tooFewCame } from './race-failures.js'
import type { RaceOptions, ScenarioHost } from './scenario.js'

/** A gate before which participants wait for each other. */
export interface GateSpec extends Required<RaceOptions>, Pick<InterceptOptions, 'times'> {
  readonly scenario: string
  readonly at: RuleMatch
  /** What it holds, in words. */
  readonly match: string
  /** How many it waits for. */
  readonly parties: number
  /** Those that ask nothing new for so long are not waited for, in milliseconds. */
  readonly quietMs: number
}

/** What a scenario does while its gate stands. */
export interface GatedRun {
  readonly gate: Rule
  /**
   * Starts the first participant and waits until it stands at the gate.
   *
   * @throws {HotbedError} `ERR_HOTBED_RACE` when it ends without
   */
  readonly startFirst: () => Promise<void>
  /** Starts the others, up to so many in all, and waits until all have settled. Whoever cannot come to the gate is not waited for there. */
  readonly startUpTo: (count: number) => Promise<void>
}

export interface GatedRecording<Result> {
  readonly recording: Recording<readonly Outcome<Result>[]>
  readonly gate: RaceGate
}

/**
 * Records participants that meet at a gate. However it ends, nothing is held any more then.
 *
 * @throws {HotbedError} `ERR_HOTBED_RACE` when nobody came to the gate, or too few until the deadline
 */
export async function recordAtGate<Result>(
  host: ScenarioHost,
  spec: GateSpec,
  participants: Participants<Result>,
  act: (run: GatedRun) => Promise<void>,
): Promise<GatedRecording<Result>> {
  const { scenario, at, match, parties, times, deadlineMs, plans } = spec
  const { verbs } = host.parts
  const gate = await host.rules.intercept(at, hold({ parties, deadlineMs }), times === undefined ? {} : { times })
  let endWatch = (): void => {}
  const run: GatedRun = {
    gate,
    startFirst: async () => {
      const { state, ended } = await arriveOrEnd(gate, participants, deadlineMs)
      if (ended !== undefined) throw nobodyCame({ scenario, match, state }, ended)
    },
    startUpTo: async (count) => {
      await verbs.tap('beginProgress', [])
      while (participants.started() < count) void participants.start()
      endWatch = keepGate(host, gate, participants, spec)
      await participants.settle(2 * deadlineMs)
    },
  }
  const recorded = async (): Promise<readonly Outcome<Result>[]> => {
    await act(run)
    return participants.outcomes()
  }
  try {
    const recording = await record(host.parts, recorded, { plans, deadlineMs })
    const state = await gate.remove()
    const { applied: arrived, outcome: openedBy } = state
    const [first] = recording.result
    if (arrived === 0 && first !== undefined) throw nobodyCame({ scenario, match, state }, first)
    if (openedBy === 'deadline') throw tooFewCame({ scenario, match, state }, { parties, arrived, deadlineMs }, recording.result)
    return { recording, gate: { match, parties, arrived, openedBy } }
  } finally {
    endWatch()
    await gate.remove()
  }
}
