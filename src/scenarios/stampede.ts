import { HotbedError } from '../primitives/error.js'
import { checkOptionNames, wrongOption } from '../primitives/options.js'
import { record } from '../tap-verbs/record.js'
import { hold } from '../wire/actions.js'
import { describeMatch, type Match } from '../wire/match.js'
import { createRace } from '../wire/recording/race.js'
import { keepGate } from './keep-gate.js'
import { createParticipants } from './participants.js'
import { nobodyCame, tooFewCame } from './race-failures.js'
import type { StampedeRace } from './stampede-race.js'
import { checkDeadline, checkRace, DEFAULT_DEADLINE_MS, type RaceOptions, type ScenarioHost } from './scenario.js'

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
  const { verbs, facts } = host.parts
  checkKey(key, facts.redis !== undefined)
  const match = describeMatch(load)
  await verbs.send(['DEL', key])
  const gate = await host.rules.intercept(load, hold({ parties: n, deadlineMs }))
  const participants = createParticipants(act)
  let endWatch = (): void => {}
  try {
    const run = async (): Promise<ReturnType<typeof participants.outcomes>> => {
      await verbs.tap('beginProgress', [])
      while (participants.started() < n) void participants.start()
      endWatch = keepGate(host, gate, participants, { quietMs, deadlineMs })
      await participants.settle(2 * deadlineMs)
      return participants.outcomes()
    }
    const recording = await record(host.parts, run, { plans, deadlineMs })
    const state = await gate.remove()
    const { applied: arrived, outcome: openedBy } = state
    const [first] = recording.result
    if (arrived === 0 && first !== undefined) throw nobodyCame({ scenario, match, state }, first)
    if (openedBy === 'deadline') throw tooFewCame({ scenario, match, state }, { parties: n, arrived, deadlineMs }, recording.result)
    return createRace(recording, { scenario, gate: { match, parties: n, arrived, openedBy }, invariants: [] }, { key, load })
  } finally {
    endWatch()
    await gate.remove()
  }
}

/** @throws {HotbedError} `ERR_HOTBED_OPTION` */
export function checkKey(key: unknown, hasRedis: boolean): void {
  if (typeof key !== 'string' || key === '') throw wrongOption('key', 'the key as it stands in Redis', key)
  if (hasRedis) return
  throw new HotbedError('ERR_HOTBED_OPTION', {
    message: 'The race is about a key in Redis, and the stack of this suite has no redis.',
    remedy: 'Add redis: {} to the stack.',
  })
}
