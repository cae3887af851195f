import { HotbedError } from '../primitives/error.js'
import { checkOptionNames, wrongOption } from '../primitives/options.js'
import { record } from '../tap-verbs/record.js'
import { hold } from '../wire/actions.js'
import { insteadText } from '../wire/match-text.js'
import { describeMatch, matcherOf, type Match } from '../wire/match.js'
import { createRace, outcomeText, type Outcome } from '../wire/recording/race.js'
import type { Recording } from '../wire/recording/recording.js'
import type { RuleState } from '../wire/rule.js'
import { arriveOrEnd } from './arrive-or-end.js'
import { expireLease, type ExpiredLease } from './expire-lease.js'
import type { LeaseRace, OutlivedLease } from './lease-race.js'
import { createParticipants } from './participants.js'
import { checkDeadline, DEFAULT_DEADLINE_MS, requireRedis, type ScenarioHost } from './scenario.js'

export interface LeaseScenario<Result> {
  /** Takes the lock and writes. It is paused at the first write that matches, as by a long garbage collection. */
  readonly holder: () => Promise<Result> | Result
  /** Takes the same lock when the lease of the holder is over. */
  readonly successor: () => Promise<Result> | Result
  /** The lock's key in Redis, or a glob for several: `'lock:seat:7'`. */
  readonly lock: string
  /** The write that the lock is there for: `'UPDATE seats'`. */
  readonly write: Match
  /** For each of its waits, in milliseconds. @default 5000 */
  readonly deadlineMs?: number
}

const OPTIONS = ['holder', 'successor', 'lock', 'write', 'deadlineMs']

/**
 * Lets a lease run out under its holder: the holder is paused at its write, the lock's keys expire, the successor runs to its end, and then the
 * holder's write goes on. The holder goes on earlier when its successor waits for a lock of it in Postgres.
 *
 * @throws {HotbedError} `ERR_HOTBED_OPTION`; `ERR_HOTBED_TIMEOUT` when the holder comes to no such write, or holds no such lock
 */
export async function outliveLease<Result>(host: ScenarioHost, scenario: LeaseScenario<Result>): Promise<LeaseRace<Result>> {
  const { holder, successor, lock, write, deadlineMs } = readScenario(scenario, host)
  const { parts, rules } = host
  const match = describeMatch(write)
  let lease: ExpiredLease | undefined
  const participants = createParticipants((participant) => (participant === 1 ? holder() : successor()))
  const gate = await rules.intercept(write, hold({ parties: 2, deadlineMs }), { times: 1 })
  const run = async (): Promise<readonly Outcome<Result>[]> => {
    const { state, ended, first } = await arriveOrEnd(gate, participants, deadlineMs)
    if (ended !== undefined) throw neverCame(match, state, ended)
    lease = await expireLease(parts.verbs, lock, deadlineMs).catch(async (error: unknown) => {
      await gate.release()
      await participants.settle(deadlineMs)
      throw error
    })
    // Where the successor waits for a row that the holder has locked, the gate opens by itself, and the holder ends first.
    await Promise.race([participants.start(), first])
    await gate.release()
    await participants.settle(deadlineMs)
    return participants.outcomes()
  }
  try {
    const recording = await record(parts, run)
    const { applied, outcome } = await gate.remove()
    const facts = { scenario: 'outliveLease', gate: { match, parties: undefined, arrived: applied, openedBy: outcome }, invariants: [] }
    const found = { ...(lease ?? { keys: [], remainingMs: 0 }), ...findWrites(recording, write) }
    return createRace(recording, facts, { lease: Object.freeze(found) })
  } finally {
    await gate.remove()
  }
}

function readScenario<Result>(scenario: LeaseScenario<Result>, host: ScenarioHost): Required<LeaseScenario<Result>> {
  if (typeof scenario !== 'object' || scenario === null) throw wrongOption('scenario', '{ holder, successor, lock, write }', scenario)
  checkOptionNames(scenario, OPTIONS, 'outliveLease()')
  const { holder, successor, lock, write, deadlineMs = DEFAULT_DEADLINE_MS } = scenario
  for (const [name, participant] of Object.entries({ holder, successor })) {
    if (typeof participant !== 'function') throw wrongOption(name, 'a function that takes the lock and writes', participant)
  }
  if (typeof lock !== 'string' || lock === '') throw wrongOption('lock', "the lock's key in Redis, or a glob such as 'lock:*'", lock)
  describeMatch(write)
  checkDeadline(deadlineMs)
  requireRedis(host, 'outliveLease() is about a lock')
  return { holder, successor, lock, write, deadlineMs }
}

/** A holder that ends without having come to its write will never come to it. */
function neverCame(match: string, { passed }: RuleState, ended: Outcome): HotbedError {
  return new HotbedError('ERR_HOTBED_TIMEOUT', {
    message: `The holder ended without a request like ${match}: ${outcomeText(ended)}.`,
    remedy: insteadText(match, passed),
    ...(ended.status === 'rejected' ? { cause: ended.reason } : {}),
  })
}

function findWrites({ timeline }: Recording, write: Match): Pick<OutlivedLease, 'heldWrite' | 'writesMeanwhile'> {
  const writes = timeline.filter(matcherOf(write))
  const held = writes.find(({ steered }) => steered?.startsWith('held ') === true)
  const { start, end = Infinity } = held ?? { start: Infinity }
  return { heldWrite: held?.start, writesMeanwhile: writes.filter((one) => one.start > start && one.start < end).map((one) => one.start) }
}
