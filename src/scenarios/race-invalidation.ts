import { checkOptionNames, wrongOption } from '../primitives/options.js'
import { record } from '../tap-verbs/record.js'
import { hold } from '../wire/actions.js'
import { matcherOf, type Match, type MatchSubject } from '../wire/match.js'
import { createRace, type Outcome } from '../wire/recording/race.js'
import type { InvalidationRace } from './invalidation-race.js'
import { keepGate } from './keep-gate.js'
import { createParticipants } from './participants.js'
import { nobodyCame, tooFewCame } from './race-failures.js'
import { checkDeadline, checkRace, DEFAULT_DEADLINE_MS, type RaceOptions, type ScenarioHost } from './scenario.js'
import { checkKey } from './stampede.js'

export interface InvalidationScenario<Result> extends RaceOptions {
  /** Reads through the cache: misses, loads, fills. It is called again when the race is over. */
  readonly read: () => Promise<Result> | Result
  /** Changes the source and invalidates the key. Of another instance of the application: behind the held fill its connection waits. */
  readonly write: () => Promise<unknown> | unknown
  /** The key in Redis, as it stands there. It is deleted first, so that the reader misses. */
  readonly key: string
  /** The command that fills it. @default the first command on the key that does not only read it */
  readonly fill?: Match
  /** A writer that asks nothing new for so long waits for the reader, and the fill goes on. @default 100 */
  readonly quietMs?: number
}

const OPTIONS = ['read', 'write', 'key', 'fill', 'quietMs', 'deadlineMs', 'plans']
const DEFAULT_QUIET_MS = 100
const READS: ReadonlySet<string> = new Set(
  `GET MGET GETRANGE SUBSTR STRLEN HGET HMGET HGETALL HEXISTS HKEYS HVALS HLEN EXISTS TTL PTTL EXPIRETIME PEXPIRETIME TYPE WATCH OBJECT DUMP
  JSON.GET JSON.MGET JSON.TYPE LRANGE LLEN LINDEX SMEMBERS SISMEMBER SMISMEMBER SCARD ZRANGE ZSCORE ZCARD TOUCH EVAL_RO EVALSHA_RO`.split(
    /\s+/,
  ),
)
const scenario = 'raceInvalidation'

/** Holds the fill of a reader until a writer has changed the source and invalidated the key, lets it go, and reads once more. */
export async function raceInvalidation<Result>(
  host: ScenarioHost,
  options: InvalidationScenario<Result>,
): Promise<InvalidationRace<Result>> {
  checkOptionNames(options, OPTIONS, 'raceInvalidation()')
  const { read, write, key, fill, deadlineMs = DEFAULT_DEADLINE_MS, plans = false, quietMs = DEFAULT_QUIET_MS } = options
  for (const [name, fn] of Object.entries({ read, write })) if (typeof fn !== 'function') throw wrongOption(name, 'a function', fn)
  checkRace(3, read, options, 3)
  checkDeadline(quietMs, 'quietMs')
  const { verbs, facts } = host.parts
  checkKey(key, facts.redis !== undefined)
  const isFill = fill === undefined ? firstWriteOf(key) : matcherOf(fill, 'fill')
  const match = `the fill of ${key}`
  await verbs.send(['DEL', key])
  const gate = await host.rules.intercept(fill ?? isFill, hold({ parties: 2, deadlineMs }), { times: 1 })
  const participants = createParticipants((participant) => (participant === 2 ? (write() as Result) : read()))
  let endWatch = (): void => {}
  let readAgainAt = 0
  const run = async (): Promise<readonly Outcome<Result>[]> => {
    const arriving = gate.arrived(1, { timeoutMs: deadlineMs })
    // It may end first.
    arriving.catch(() => {})
    await Promise.race([participants.start(), arriving])
    const state = await gate.state()
    const [reader] = participants.outcomes()
    if (state.applied === 0 && reader !== undefined) throw nobodyCame({ scenario, match, state }, reader)
    await verbs.tap('beginProgress', [])
    void participants.start()
    endWatch = keepGate(host, gate, participants, { quietMs, deadlineMs })
    await participants.settle(2 * deadlineMs)
    readAgainAt = (await verbs.tap('position', [])) as number
    void participants.start()
    await participants.settle(deadlineMs)
    return participants.outcomes()
  }
  try {
    const recording = await record(host.parts, run, { plans, deadlineMs })
    const state = await gate.remove()
    const { applied: arrived, outcome: openedBy } = state
    if (openedBy === 'deadline') throw tooFewCame({ scenario, match, state }, { parties: 2, arrived, deadlineMs }, recording.result)
    const heldFill = recording.commands.find((command) => isFill(command))?.start ?? 0
    const more = { key, heldFill, readAgainAt }
    return createRace(recording, { scenario, gate: { match, parties: undefined, arrived, openedBy }, invariants: [] }, more)
  } finally {
    endWatch()
    await gate.remove()
  }
}

function firstWriteOf(key: string): (subject: MatchSubject) => boolean {
  return function fill({ store, args, keys }) {
    return store === 'redis' && keys?.includes(key) === true && !READS.has(args?.[0]?.toUpperCase() ?? '')
  }
}
