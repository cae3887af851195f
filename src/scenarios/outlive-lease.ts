import type { SuiteParts } from '../databases/suite-parts.js'
import { withDeadline } from '../primitives/deadline.js'
import { HotbedError } from '../primitives/error.js'
import { checkOptionNames, wrongOption } from '../primitives/options.js'
import type { Rule, Rules } from '../tap-verbs/intercept.js'
import { record } from '../tap-verbs/record.js'
import { hold } from '../wire/actions.js'
import { nearestSeen } from '../wire/match-text.js'
import { describeMatch, matcherOf, type Match } from '../wire/match.js'
import { createRace, outcomeText, type Outcome } from '../wire/recording/race.js'
import type { Recording } from '../wire/recording/recording.js'
import { expireLease, type ExpiredLease } from './expire-lease.js'
import type { LeaseRace, OutlivedLease } from './lease-race.js'

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
export async function outliveLease<Result>(parts: SuiteParts, rules: Rules, scenario: LeaseScenario<Result>): Promise<LeaseRace<Result>> {
  const { holder, successor, lock, write, deadlineMs } = readScenario(scenario, parts)
  const match = describeMatch(write)
  let lease: ExpiredLease | undefined
  const gate = await rules.intercept(write, hold({ parties: 2, deadlineMs }), { times: 1 })
  let run: Recording<readonly Outcome<Result>[]>
  try {
    run = await record(parts, async () => {
      const first = settle(1, holder)
      await arriveOrEnd(gate, first, match, deadlineMs)
      lease = await expireLease(parts.verbs, lock, deadlineMs).catch(async (error: unknown) => {
        await gate.release()
        await settleWithin(1, first, deadlineMs)
        throw error
      })
      const second = settle(2, successor)
      // Where the successor waits for a row that the holder has locked, the gate opens by itself, and the holder ends first.
      await Promise.race([second, first])
      await gate.release()
      return Promise.all([settleWithin(1, first, deadlineMs), settleWithin(2, second, deadlineMs)])
    })
  } catch (error) {
    await gate.remove()
    throw error
  }
  const { applied, outcome } = await gate.remove()
  const facts = { scenario: 'outliveLease', gate: { match, parties: undefined, arrived: applied, openedBy: outcome }, invariants: [] }
  return createRace(run, facts, { lease: Object.freeze({ ...(lease ?? { keys: [], remainingMs: 0 }), ...findWrites(run, write) }) })
}

function readScenario<Result>(scenario: LeaseScenario<Result>, { facts }: SuiteParts): Required<LeaseScenario<Result>> {
  if (typeof scenario !== 'object' || scenario === null) throw wrongOption('scenario', '{ holder, successor, lock, write }', scenario)
  checkOptionNames(scenario, OPTIONS, 'outliveLease()')
  const { holder, successor, lock, write, deadlineMs = 5_000 } = scenario
  for (const [name, participant] of Object.entries({ holder, successor })) {
    if (typeof participant !== 'function') throw wrongOption(name, 'a function that takes the lock and writes', participant)
  }
  if (typeof lock !== 'string' || lock === '') throw wrongOption('lock', "the lock's key in Redis, or a glob such as 'lock:*'", lock)
  describeMatch(write)
  if (!(deadlineMs > 0 && deadlineMs < 2 ** 31)) throw wrongOption('deadlineMs', 'milliseconds above 0', deadlineMs)
  if (facts.redis === undefined) {
    throw new HotbedError('ERR_HOTBED_OPTION', {
      message: 'outliveLease() is about a lock in Redis, and the stack of this suite has none.',
      remedy: 'Add redis: {} to the stack.',
    })
  }
  return { holder, successor, lock, write, deadlineMs }
}

async function settle<Result>(participant: number, act: () => Promise<Result> | Result): Promise<Outcome<Result>> {
  try {
    return { participant, status: 'fulfilled', value: await act() }
  } catch (reason) {
    return { participant, status: 'rejected', reason }
  }
}

function settleWithin<Result>(participant: number, settling: Promise<Outcome<Result>>, deadlineMs: number): Promise<Outcome<Result>> {
  return withDeadline(settling, deadlineMs, `participant ${participant}`).catch((): Outcome<Result> => ({
    participant,
    status: 'unsettled',
  }))
}

/** A holder that ends without having come to its write will never come to it. */
async function arriveOrEnd(gate: Rule, ending: Promise<Outcome>, match: string, deadlineMs: number): Promise<void> {
  const ended = await Promise.race([gate.arrived(1, { timeoutMs: deadlineMs }).then(() => undefined), ending])
  if (ended === undefined) return
  const near = nearestSeen(match, (await gate.state()).passed)
  throw new HotbedError('ERR_HOTBED_TIMEOUT', {
    message: `The holder ended without a request like ${match}: ${outcomeText(ended)}.`,
    remedy: near.length === 0 ? 'Nothing else came either.' : `Nearest of what came instead: ${near.join(' | ')}`,
    ...(ended.status === 'rejected' ? { cause: ended.reason } : {}),
  })
}

function findWrites({ timeline }: Recording, write: Match): Pick<OutlivedLease, 'heldWrite' | 'writesMeanwhile'> {
  const writes = timeline.filter(matcherOf(write))
  const held = writes.find(({ steered }) => steered?.startsWith('held ') === true)
  const { start, end = Infinity } = held ?? { start: Infinity }
  return { heldWrite: held?.start, writesMeanwhile: writes.filter((one) => one.start > start && one.start < end).map((one) => one.start) }
}
