import type { SuiteParts } from '../databases/suite-parts.js'
import { HotbedError } from '../primitives/error.js'
import { checkOptionNames, wrongOption } from '../primitives/options.js'
import { loadRules } from '../tap-verbs/load-rules.js'
import type { PostgresRole } from '../wire/exchange.js'
import type { OutageMode } from '../wire/outage.js'
import { createOutcomeEvidence } from '../wire/recording/outcome-evidence.js'
import { outageText, type OutageFacts, type OutageRun } from '../wire/recording/outage-run.js'
import type { RuleState } from '../wire/rule.js'
import { readOutageOptions, type OutageOptions } from './outage-options.js'
import { checkOutcomeOptions, DEFAULT_DEADLINE_MS, recordOutcomes, type OutcomeOptions } from './record-outcomes.js'
import { watchRefusedConnections } from './refused-connections.js'

/** What an outage has done so far. */
export interface OutageState {
  /** False: it was ended, or has struck as often as it should. */
  readonly isActive: boolean
  /** Requests and connections that it hit. Of connections that are refused only those of this process are known. */
  readonly struck: number
  readonly requests: number
  readonly connections: number
  /** Requests and connections that it keeps waiting at this moment. */
  readonly holding: number
}

export interface OutageRecordOptions extends OutcomeOptions {
  /** How many ask at the same time. @default 1 */
  readonly participants?: number
}

/** A store that is out. */
export interface Outage {
  readonly store: 'postgres' | 'redis'
  readonly mode: OutageMode
  readonly state: () => Promise<OutageState>
  /** The store answers again; what was kept waiting goes on. A second call does nothing. */
  readonly end: () => Promise<OutageState>
  /**
   * Records what the application does now. Never rejects for what the participants do: whoever fails, or has not settled at the deadline, is an
   * outcome.
   *
   * @throws {HotbedError} `ERR_HOTBED_OPTION`; `ERR_HOTBED_DISPOSED` when the outage was ended
   */
  readonly record: <Result>(
    act: (participant: number) => Promise<Result> | Result,
    options?: OutageRecordOptions,
  ) => Promise<OutageRun<Result>>
  readonly [Symbol.asyncDispose]: () => Promise<void>
}

/** @throws {HotbedError} `ERR_HOTBED_OPTION` */
export async function startOutage(parts: SuiteParts, store: 'postgres' | 'redis', options: OutageOptions): Promise<Outage> {
  const { mode, server, match, times } = readOutageOptions(store, (one) => parts.facts[one] !== undefined, options)
  const rules = await loadRules(parts)
  const rule = await rules.intercept(
    match ?? store,
    { kind: 'outage', store, mode },
    {
      ...(times === undefined ? {} : { times }),
      ...(server === undefined ? {} : { server }),
    },
  )
  let refused = 0
  const watches = mode === 'refuse' ? portsOf(parts, store, server).map((port) => watchRefusedConnections(port, () => (refused += 1))) : []
  let isOver = false
  let last: RuleState | undefined
  void rule.removed.then((state) => {
    last = state
    for (const stop of watches.toReversed()) stop()
  })

  const state = async (): Promise<OutageState> => {
    const isRemoved = last !== undefined
    const { applied, connections, holding, waiting } = last ?? (await rule.state())
    return {
      isActive: !isRemoved && (times === undefined || applied < times),
      struck: applied + refused,
      requests: applied - connections,
      connections: connections + refused,
      holding: isRemoved ? 0 : holding + waiting,
    }
  }
  const end = async (): Promise<OutageState> => {
    isOver = true
    await rule.remove()
    return state()
  }
  return {
    store,
    mode,
    state,
    end,
    record: async (act, recordOptions = {}) => {
      checkOptionNames(recordOptions, ['participants', 'deadlineMs', 'plans'], 'outage.record()')
      checkOutcomeOptions(act, recordOptions)
      const { participants = 1, deadlineMs = DEFAULT_DEADLINE_MS, plans = false } = recordOptions
      if (!Number.isInteger(participants) || participants < 1 || participants > MOST_PARTICIPANTS)
        throw wrongOption('participants', `a whole number from 1 to ${MOST_PARTICIPANTS}`, participants)
      if (isOver) throw endedAlready(store)
      const before = await state()
      const recording = await recordOutcomes(
        parts,
        act,
        async (asking) => {
          while (asking.started() < participants) void asking.start()
          await asking.settle(deadlineMs)
        },
        { plans },
      )
      const struck = (await state()).struck - before.struck
      const facts: OutageFacts = { scenario: 'outage', store, mode, struck, deadlineMs }
      return createOutcomeEvidence(recording, facts, outageText(facts))
    },
    [Symbol.asyncDispose]: async () => void (await end()),
  }
}

/** More connections than that no server of a suite takes. */
const MOST_PARTICIPANTS = 1_000

function portsOf({ facts }: SuiteParts, store: 'postgres' | 'redis', server: PostgresRole | undefined): readonly number[] {
  const own = server === 'replica' ? [] : [facts[store]]
  const replicas = store === 'redis' || server === 'primary' ? [] : (facts.postgres?.replicas ?? [])
  return [...own, ...replicas].map((one) => Number(new URL(one?.url ?? 'http://none:0').port))
}

function endedAlready(store: string): HotbedError {
  return new HotbedError('ERR_HOTBED_DISPOSED', {
    message: `The outage of ${store} has ended, so there is nothing to record of it.`,
    remedy: 'See how the application comes back: const back = await suite.recover(fn, { after: outage.end })',
  })
}
