import { checkOptionNames } from '../primitives/options.js'
import { describeMatch, type Match } from '../wire/match.js'
import { createRace } from '../wire/recording/race.js'
import { createParticipants } from './participants.js'
import { recordAtGate } from './record-at-gate.js'
import type { StampedeRace } from './stampede-race.js'
import { checkDeadline, checkKey, checkRace, DEFAULT_DEADLINE_MS, type RaceOptions, type ScenarioHost } from './scenario.js'

export interface StampedeOptions extends RaceOptions {
  /** The hot key in Redis, as it stands there. It is deleted first, as if it had just expired. */
  readonly key: string
  /** What loads it. @default 'SELECT' */
  readonly load?: Match
  /** The load waits until all callers have come to it, or ask nothing new for so long, as those who wait for one load do. @default 5 */
  readonly quietMs?: number
}

const OPTIONS = ['key', 'load', 'quietMs', 'deadlineMs', 'plans']
const DEFAULT_QUIET_MS = 5
const scenario = 'stampede'

/** Lets `n` callers miss a key at once: the first load is held until all have come to theirs, or are known to wait for it. */
export async function stampede<Result>(
  host: ScenarioHost,
  n: number,
  act: (participant: number) => Promise<Result> | Result,
  options: StampedeOptions,
): Promise<StampedeRace<Result>> {
  checkOptionNames(options, OPTIONS, 'stampede()')
  const { key, load = 'SELECT', deadlineMs = DEFAULT_DEADLINE_MS, plans = false, quietMs = DEFAULT_QUIET_MS } = options
  checkRace(n, act, options, 2)
  checkDeadline(quietMs, 'quietMs')
  checkKey(host, key)
  const match = describeMatch(load)
  await host.parts.verbs.send(['DEL', key])
  const spec = { scenario, at: load, match, parties: n, deadlineMs, plans, quietMs }
  const { recording, gate } = await recordAtGate(host, spec, createParticipants(act), ({ startUpTo }) => startUpTo(n))
  return createRace(recording, { scenario, gate, invariants: [] }, { key, load })
}
