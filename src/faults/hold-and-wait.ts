import type { SuiteParts, SuiteVerbs } from '../databases/suite-parts.js'
import { checkOptionNames } from '../primitives/options.js'
import { monotonicMs } from '../primitives/real-time.js'
import { checkRace } from '../scenarios/scenario.js'
import { checkPools, type WatchedPool } from '../tap-verbs/watch-pools.js'
import type { ConnectionTraffic } from '../wire/exchange.js'
import type { HoldAndWait, HoldAndWaitFacts, PoolDeadlock } from '../wire/recording/hold-and-wait.js'
import { createOutcomeEvidence } from '../wire/recording/outcome-evidence.js'
import { checkOutcomeOptions, DEFAULT_DEADLINE_MS, recordOutcomes, type OutcomeOptions } from './record-outcomes.js'
import type { TimedParticipants } from './timed-participants.js'

export interface HoldAndWaitOptions extends OutcomeOptions {
  /** The pools that the participants share (`pg.Pool`): with them a deadlock is certain, by who waits. @default suspected from the wire */
  readonly pools?: readonly WatchedPool[]
}

/** Nothing is asked for so long. With pools it only has to have reached the wire. */
const QUIET_MS = { suspected: 50, certain: 5 } as const
const LOOK_MS = 5

/** @throws {HotbedError} `ERR_HOTBED_OPTION` */
export async function holdAndWait<Result>(
  parts: SuiteParts,
  n: number,
  act: (participant: number) => Promise<Result> | Result,
  options: HoldAndWaitOptions = {},
): Promise<HoldAndWait<Result>> {
  checkOptionNames(options, ['pools', 'deadlineMs', 'plans'], 'holdAndWait()')
  checkRace(n, act, options, 1)
  checkOutcomeOptions(act, options)
  const { pools = [], deadlineMs = DEFAULT_DEADLINE_MS, plans = false } = options
  checkPools(pools)
  let deadlock: PoolDeadlock | undefined
  const recording = await recordOutcomes(
    parts,
    act,
    async (participants) => {
      await parts.verbs.tap('beginProgress', [])
      while (participants.started() < n) void participants.start()
      deadlock = await findDeadlock(parts.verbs, participants, pools, deadlineMs)
    },
    { plans, pools },
  )
  const sizes = pools.map(sizeOf)
  const poolSize =
    sizes.length === 0 ? undefined : sizes.reduce((sum, size) => (sum === undefined || size === undefined ? undefined : sum + size))
  const facts: HoldAndWaitFacts = { scenario: 'hold-and-wait', deadlock, poolSize, deadlineMs }
  return createOutcomeEvidence(recording, facts, deadlockText(deadlock))
}

/** Looks until all have settled, nobody can, or the deadline. */
async function findDeadlock(
  verbs: SuiteVerbs,
  participants: TimedParticipants<unknown>,
  pools: readonly WatchedPool[],
  deadlineMs: number,
): Promise<PoolDeadlock | undefined> {
  const from = monotonicMs()
  const left = (): number => deadlineMs - (monotonicMs() - from)
  const settled = new Promise<void>((resolve) => participants.onSettled(() => void (participants.unsettled() === 0 && resolve())))
  const certainty = pools.length > 0 ? 'certain' : 'suspected'
  while (participants.unsettled() > 0 && left() > 0) {
    await Promise.race([settled, verbs.tap('untilQuiet', [QUIET_MS[certainty], left()])])
    const unsettled = participants.unsettled()
    if (unsettled === 0) break
    // Those that have ended in this recording are listed too.
    const connections = ((await verbs.tap('connections', [])) as readonly ConnectionTraffic[]).filter(
      ({ store, closedAt }) => store === 'postgres' && closedAt === undefined,
    )
    const waiting = pools.reduce((sum, { waitingCount }) => sum + waitingCount, 0)
    const held = connections.filter(({ status }) => status !== 'I').map(({ id }) => id)
    const isDeadlock = pools.length > 0 ? waiting >= unsettled : held.length > 0 && held.length === connections.length
    if (isDeadlock && participants.unsettled() === unsettled) {
      const waitingCount = pools.length > 0 ? waiting : undefined
      return { certainty, connections: held, waiting: waitingCount, unsettled, afterMs: monotonicMs() - from }
    }
    await new Promise((resolve) => void setTimeout(resolve, LOOK_MS))
  }
  return undefined
}

/** `pg.Pool` has it in its options. */
function sizeOf(pool: WatchedPool): number | undefined {
  const options: unknown = 'options' in pool ? pool.options : undefined
  const max: unknown = typeof options === 'object' && options !== null && 'max' in options ? options.max : undefined
  return typeof max === 'number' ? max : undefined
}

function deadlockText(deadlock: PoolDeadlock | undefined): string {
  if (deadlock === undefined) return 'hold and wait: no deadlock of the pool'
  return `hold and wait: deadlock of the pool, ${deadlock.certainty}: ${deadlock.unsettled} unsettled, ${deadlock.connections.length} connections held`
}
