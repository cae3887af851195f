import { checkOptionNames, wrongOption } from '../primitives/options.js'
import { matcherOf, type Match, type MatchSubject } from '../wire/match.js'
import { createRace } from '../wire/recording/race.js'
import type { InvalidationRace } from './invalidation-race.js'
import { createParticipants } from './participants.js'
import { recordAtGate, type GatedRun } from './record-at-gate.js'
import { checkDeadline, checkKey, checkRace, DEFAULT_DEADLINE_MS, type RaceOptions, type ScenarioHost } from './scenario.js'

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
  const { verbs } = host.parts
  checkKey(host, key)
  const isFill = fill === undefined ? firstWriteOf(key) : matcherOf(fill, 'fill')
  const match = `the fill of ${key}`
  await verbs.send(['DEL', key])
  const spec = { scenario, at: fill ?? isFill, match, parties: 2, times: 1, deadlineMs, plans, quietMs }
  const participants = createParticipants((participant) => (participant === 2 ? (write() as Result) : read()))
  let readAgainAt = 0
  const run = async ({ startFirst, startUpTo }: GatedRun): Promise<void> => {
    await startFirst()
    await startUpTo(2)
    readAgainAt = (await verbs.tap('position', [])) as number
    void participants.start()
    await participants.settle(deadlineMs)
  }
  const { recording, gate } = await recordAtGate(host, spec, participants, run)
  const heldFill = recording.commands.find((command) => isFill(command))?.start ?? 0
  const facts = { scenario, gate: { ...gate, parties: undefined }, invariants: [] }
  return createRace(recording, facts, { key, heldFill, readAgainAt })
}

function firstWriteOf(key: string): (subject: MatchSubject) => boolean {
  return function fill({ store, args, keys }) {
    return store === 'redis' && keys?.includes(key) === true && !READS.has(args?.[0]?.toUpperCase() ?? '')
  }
}
