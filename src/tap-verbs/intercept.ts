import type { SuiteVerbs } from '../databases/suite-parts.js'
import { noteLiveRule } from './live-rules.js'
import { debug } from '../primitives/debug.js'
import { HotbedError } from '../primitives/error.js'
import { checkOptionNames, checkWholeNumber, wrongOption } from '../primitives/options.js'
import type { PostgresRole } from '../wire/exchange.js'
import type { Asked } from '../wire/questions.js'
import { checkAction } from './check-action.js'
import { insteadText } from '../wire/match-text.js'
import { describeMatch, parseMatch, type Match, type MatchPredicate, type MatchSubject } from '../wire/match.js'
import { ruleText, type GateOutcome, type RuleAction, type RuleSpec, type RuleState } from '../wire/rule.js'

/** What a rule matches: requests, or with `'postgres'` and `'redis'` everything of a store. */
export type RuleMatch = Match | 'postgres' | 'redis'

export interface InterceptOptions {
  /** Acts so often, then lets pass. @default always */
  readonly times?: number
  /** Lets so many pass first. @default 0 */
  readonly skip?: number
  /** Only on the connection of this number, as a recording has it. @default all */
  readonly connection?: number
  /** Of Postgres: only the primary, or only replicas. @default both */
  readonly server?: PostgresRole
}

export interface ArrivedOptions {
  /** @default 5000 */
  readonly timeoutMs?: number
}

/** A rule while it lives. */
export interface Rule {
  /** What it has seen and done so far. */
  readonly state: () => Promise<RuleState>
  /**
   * Settles when the rule has acted on `count` requests.
   *
   * @throws {HotbedError} `ERR_HOTBED_TIMEOUT` with the nearest of what came instead
   */
  readonly arrived: (count?: number, options?: ArrivedOptions) => Promise<RuleState>
  /** Opens the gate of `hold` and `hang`: what waits goes on, what comes passes. `because` is its outcome. @default 'released' */
  readonly release: (because?: GateOutcome) => Promise<void>
  /** Settles when the rule has been removed, by whomever, with what it had done. */
  readonly removed: Promise<RuleState>
  /** Ends the rule; what it held goes on. A second call does nothing. */
  readonly remove: () => Promise<RuleState>
  readonly [Symbol.asyncDispose]: () => Promise<void>
}

/** The rules of one suite. */
export interface Rules {
  readonly intercept: (match: RuleMatch, action: RuleAction, options?: InterceptOptions) => Promise<Rule>
}

export function createRules(verbs: SuiteVerbs): Rules {
  const predicates = new Map<number, MatchPredicate>()
  let consulting: Promise<void> | undefined

  /** Judges what the tap asks about for as long as there are predicates. */
  const consult = async (): Promise<void> => {
    while (predicates.size > 0) {
      const next = (await verbs.tap('nextConsultation', [])) as Consultation | undefined
      if (next === undefined) return
      const holds = judge(predicates.get(next.rule), next)
      await verbs.tap('answerConsultation', [next.id, holds])
    }
  }

  return {
    intercept: async (match, action, options = {}) => {
      checkOptionNames(options, ['times', 'skip', 'connection', 'server'], 'intercept()')
      const { times, skip = 0, connection, server } = options
      if (server !== undefined && server !== 'primary' && server !== 'replica')
        throw wrongOption('server', "'primary' or 'replica'", server)
      for (const [name, value] of Object.entries({ times, skip, connection })) {
        if (value !== undefined) checkWholeNumber(name, value, 0)
      }
      const isStore = match === 'postgres' || match === 'redis'
      const spec: RuleSpec = { match: isStore ? match : parseMatch(match), action, times, skip, connection, server }
      checkAction(spec)
      const text = ruleText(spec)
      const id = (await verbs.tap('addRule', [spec])) as number
      if (typeof match === 'function') {
        predicates.set(id, match)
        consulting ??= consult()
          .catch((error: unknown) => debug('predicates are not asked any more: %o', error))
          .finally(() => (consulting = undefined))
      }
      let removing: Promise<RuleState> | undefined
      const remove = (): Promise<RuleState> =>
        (removing ??= (async () => {
          forget()
          predicates.delete(id)
          const state = (await verbs.tap('removeRule', [id])) as RuleState
          tellRemoved(state)
          return state
        })())
      const forget = noteLiveRule({ text, remove })
      let tellRemoved = (_state: RuleState): void => {}
      const removed = new Promise<RuleState>((resolve) => (tellRemoved = resolve))
      return {
        state: async () => (await verbs.tap('ruleState', [id])) as RuleState,
        arrived: async (count = 1, { timeoutMs = 5_000 } = {}) => {
          const state = (await verbs.tap('arrived', [id, count, timeoutMs])) as RuleState
          if (state.applied >= count) return state
          throw lateError(match, text, count, timeoutMs, state)
        },
        release: async (because) => void (await verbs.tap('releaseRule', [id, because])),
        removed,
        remove,
        [Symbol.asyncDispose]: async () => void (await remove()),
      }
    },
  }
}

type Consultation = Asked<{ readonly rule: number; readonly subject: MatchSubject }>

function judge(predicate: MatchPredicate | undefined, { subject }: Consultation): boolean {
  try {
    return predicate?.(subject) ?? false
  } catch (error) {
    debug('a predicate of a rule threw: %o', error)
    return false
  }
}

function lateError(match: RuleMatch, text: string, count: number, timeoutMs: number, state: RuleState): HotbedError {
  const isStore = match === 'postgres' || match === 'redis'
  return new HotbedError('ERR_HOTBED_TIMEOUT', {
    message: `Waited ${timeoutMs} ms for ${count === 1 ? 'a request' : `${count} requests`} at the rule ${text}; ${state.applied} came.`,
    remedy: isStore ? insteadText(match, []) : insteadText(describeMatch(match), state.passed),
  })
}
