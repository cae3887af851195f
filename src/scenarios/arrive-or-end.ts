import type { Rule } from '../tap-verbs/intercept.js'
import type { Outcome } from '../wire/recording/race.js'
import type { RuleState } from '../wire/rule.js'
import type { Participants } from './participants.js'

export interface Arrival {
  readonly state: RuleState
  /** What became of the first, when it has ended without having come: it will never come. */
  readonly ended: Outcome | undefined
  /** Settles when the first has ended. */
  readonly first: Promise<void>
}

/**
 * Starts the first participant and waits until it stands at the gate or has ended.
 *
 * @throws {HotbedError} `ERR_HOTBED_TIMEOUT` when it does neither
 */
export async function arriveOrEnd(gate: Rule, participants: Participants<unknown>, timeoutMs: number): Promise<Arrival> {
  const arriving = gate.arrived(1, { timeoutMs })
  // It may end first.
  arriving.catch(() => {})
  const first = participants.start()
  await Promise.race([first, arriving])
  const state = await gate.state()
  return { state, ended: state.applied === 0 ? participants.outcomes()[0] : undefined, first }
}
